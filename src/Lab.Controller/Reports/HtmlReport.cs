using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

public static class HtmlReport
{
    public static string Render(RunRecord record, RunFolder folder) => "";
}
