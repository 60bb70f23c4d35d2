using System.IO.Compression;
using System.Text;

namespace CacheFunctions.SelfHost.Local;

/// <summary>A folder with a few files that stands for a NAS, so that there is something to open before anything is configured.</summary>
internal static class DemoOrigin
{
    /// <returns>The folder; null: origins are configured.</returns>
    public static string? AddWhereNoneIsSet(ConfigurationManager configuration, string dataDirectory)
    {
        if (configuration.GetSection("Origins").GetChildren().Any()) return null;
        var folder = Path.Combine(dataDirectory, "demo-nas");
        if (!Directory.Exists(folder)) Fill(folder);
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Origins:nas:Path"] = folder,
            ["Origins:nas:Prefix"] = "/mnt/nas/",
        });
        return folder;
    }

    private static void Fill(string folder)
    {
        var documents = Directory.CreateDirectory(Path.Combine(folder, "documents")).FullName;
        File.WriteAllText(Path.Combine(documents, "notes.txt"), "Buy milk.\n");
        File.WriteAllText(Path.Combine(documents, "figures.csv"), "month,sales\nJanuary,120\nFebruary,90\n");
        File.WriteAllBytes(Path.Combine(documents, "report.docx"), Document("A report to edit."));
    }

    /// <summary>The smallest document that a word processor opens.</summary>
    private static byte[] Document(string text)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "[Content_Types].xml", """
                <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
                """);
            Add(zip, "_rels/.rels", """
                <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>
                """);
            Add(zip, "word/document.xml", $"""
                <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>
                """);
        }

        return file.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""" + content));
    }
}
