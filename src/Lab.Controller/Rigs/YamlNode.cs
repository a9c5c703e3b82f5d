namespace Lab.Controller.Rigs;

/// <summary>A piece of a rig file that knows where it stands.</summary>
internal abstract record YamlNode(SourceMark At)
{
    /// <summary>What it is, in words a user knows.</summary>
    public abstract string Kind { get; }

    public sealed record Scalar(SourceMark At, string Value, bool IsPlain) : YamlNode(At)
    {
        public override string Kind => Value.Length == 0 && IsPlain ? "nothing" : $"'{Shorten(Value)}'";

        private static string Shorten(string value) => value.Length <= 40 ? value : value[..40] + "…";
    }

    public sealed record List(SourceMark At, IReadOnlyList<YamlNode> Items) : YamlNode(At)
    {
        public override string Kind => "a list";
    }

    public sealed record Map(SourceMark At, IReadOnlyList<KeyValuePair<Scalar, YamlNode>> Entries) : YamlNode(At)
    {
        public override string Kind => "a mapping";
    }
}
