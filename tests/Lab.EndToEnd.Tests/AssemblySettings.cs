// Two fixtures at a time: a board keeps one processor busy. Parallel are those that have a board of their own, or none.
[assembly: LevelOfParallelism(2)]
