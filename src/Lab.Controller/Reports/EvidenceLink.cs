namespace Lab.Controller.Reports;

/// <summary>Links from a report to the files beside it.</summary>
internal static class EvidenceLink
{
    /// <summary>
    /// The address of a file relative to the report. It begins with <c>./</c> and each segment is escaped, so that whatever a record
    /// names as evidence, it is never another scheme or host.
    /// </summary>
    public static string To(string relativePath) => "./" + string.Join('/', relativePath.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Writes the link, named by the file.</summary>
    public static void Write(HtmlWriter html, string relativePath) =>
        html.Element("a", Path.GetFileName(relativePath), ("href", To(relativePath)), ("title", relativePath));
}
