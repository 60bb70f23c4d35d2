namespace CacheFunctions.Catalogue.Index;

/// <summary>A shard's files as they were at some time.</summary>
/// <param name="Sequence">With all operations up to this number; perhaps with some of the later ones.</param>
/// <param name="Notices">With the touches of all notices up to this number, and of none later.</param>
internal sealed record LoadedShard(ShardColumns Columns, long Sequence, long Notices);
