namespace Lab.BootAgent.Kexec;

/// <summary>A node of a device tree.</summary>
/// <param name="name">Its name with the unit address; empty for the root.</param>
internal sealed class DeviceTreeNode(string name)
{
    public string Name { get; } = name;

    public List<DeviceTreeProperty> Properties { get; } = [];

    public List<DeviceTreeNode> Children { get; } = [];

    /// <summary>A property's value, null if there is none.</summary>
    public byte[]? Find(string property) => Properties.Find(each => each.Name == property)?.Value;

    /// <summary>Sets a property, in its place if it was there.</summary>
    public void Set(string property, byte[] value)
    {
        var at = Properties.FindIndex(each => each.Name == property);
        if (at < 0)
            Properties.Add(new DeviceTreeProperty(property, value));
        else
            Properties[at] = new DeviceTreeProperty(property, value);
    }

    /// <summary>Removes a property, if it is there.</summary>
    public void Remove(string property) => Properties.RemoveAll(each => each.Name == property);

    /// <summary>A child by name, made if it is not there.</summary>
    public DeviceTreeNode Child(string child)
    {
        var found = Children.Find(each => each.Name == child);
        if (found is null)
        {
            found = new DeviceTreeNode(child);
            Children.Add(found);
        }

        return found;
    }
}
