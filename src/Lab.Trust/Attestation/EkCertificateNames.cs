using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Lab.Trust.Attestation;

/// <summary>The TPM's names in an EK certificate: TCG EK Credential Profile, 3.2.9.</summary>
internal static class EkCertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string TpmManufacturer = "2.23.133.2.1";
    private const string TpmModel = "2.23.133.2.2";
    private const string TpmVersion = "2.23.133.2.3";

    /// <summary>Manufacturer, model and version, or null when the certificate does not name all three.</summary>
    public static (string Manufacturer, string Model, string Version)? Find(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(one => one.Oid?.Value == SubjectAlternativeName);
        if (extension is null)
        {
            return null;
        }

        try
        {
            var names = ReadDirectoryNames(extension.RawData);
            return
                names.TryGetValue(TpmManufacturer, out var manufacturer)
                && names.TryGetValue(TpmModel, out var model)
                && names.TryGetValue(TpmVersion, out var version)
                ? (manufacturer, model, version)
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> ReadDirectoryNames(byte[] extension)
    {
        // GeneralName ::= CHOICE { …, directoryName [4] Name, … }; RFC 5280, 4.2.1.6
        var directoryName = new Asn1Tag(TagClass.ContextSpecific, 4, isConstructed: true);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var general = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (general.HasData)
        {
            if (!general.PeekTag().HasSameClassAndValue(directoryName))
            {
                general.ReadEncodedValue();
                continue;
            }

            var relativeNames = general.ReadSequence(directoryName).ReadSequence();
            while (relativeNames.HasData)
            {
                ReadRelativeName(relativeNames.ReadSetOf(), found);
            }
        }

        return found;
    }

    private static void ReadRelativeName(AsnReader set, Dictionary<string, string> found)
    {
        while (set.HasData)
        {
            var attribute = set.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var tag = attribute.PeekTag();
            var value = attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue);
            attribute.ThrowIfNotEmpty();
            found[type] = value;
        }
    }
}
