// Two boards at a time: each keeps one processor busy.
[assembly: LevelOfParallelism(2)]
