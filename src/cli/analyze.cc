#include "analyze/analyze.h"

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyze/document.h"
#include "analyze/join.h"
#include "cli/commands.h"
#include "io/colour.h"
#include "io/file.h"
#include "run/reader.h"

namespace headroom::cli {
namespace {
struct AnalyzeOptions {
  std::vector<std::string> files;
  std::string html, markdown, csv, output, slo;
  bool json = false;
};

expected<run::Run, Failure> read_all(const std::vector<std::string>& files) {
  run::Run run;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto next = run::read(files[i]);
    if (!next) {
      const auto code = next.error().system_error != 0 ? ExitCode::refused : ExitCode::wrong_use;
      return unexpected(Failure{code, next.error().message, files[i], "give a file that --record or headroom experiment wrote"});
    }
    if (i == 0) run = std::move(*next);
    else analyze::join(run, std::move(*next));
  }
  return run;
}

expected<void, Failure> write(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  const auto written = io::write_file_atomically(path, std::as_bytes(std::span(text)));
  if (!written) return unexpected(io::to_failure(written.error()));
  return {};
}

/// A report may not take the place of what it reports on, nor of another one.
expected<void, Failure> keep_apart(const AnalyzeOptions& options) {
  std::vector<std::pair<const char*, const std::string*>> before;
  for (const auto& [flag, path] : {std::pair{"--html", &options.html}, {"--md", &options.markdown}, {"--csv", &options.csv}, {"--output", &options.output}}) {
    for (const auto& [other, taken] : before) {
      if (io::is_same_file(*path, *taken)) return unexpected(Failure{ExitCode::wrong_use, std::string(other) + " and " + flag + " name one file", *path, "name two"});
    }
    before.emplace_back(flag, path);
    for (const auto& file : options.files) {
      if (io::is_same_file(*path, file)) return unexpected(Failure{ExitCode::wrong_use, "this would replace the recording itself", flag + (" " + *path), "name another file"});
    }
  }
  return {};
}

expected<void, Failure> analyze_files(const AnalyzeOptions& options) {
  HEADROOM_TRY_VOID(keep_apart(options));
  analyze::Options how;
  if (!options.slo.empty()) {
    auto slo = stats::parse_slo(options.slo);
    if (!slo) return unexpected(Failure{ExitCode::wrong_use, slo.error().message, "--slo", "write it as \"p95<200ms, errors<0.1%\""});
    how.slo = std::move(*slo);
  }
  HEADROOM_TRY(run, read_all(options.files));
  const auto report = analyze::analyze(run, how);
  if (!options.html.empty()) HEADROOM_TRY_VOID(write(options.html, analyze::to_html(report, run)));
  if (!options.markdown.empty()) HEADROOM_TRY_VOID(write(options.markdown, analyze::to_markdown(report, run)));
  if (!options.csv.empty()) HEADROOM_TRY_VOID(write(options.csv, analyze::steps_csv(report)));
  const bool colour = options.output.empty() && io::wants_colour(1);
  const auto text = options.json ? analyze::to_json(report, run) + "\n" : analyze::to_text(report, colour);
  if (!options.output.empty()) return write(options.output, text);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}
}  // namespace

Action add_analyze(CLI::App& command) {
  auto options = std::make_shared<AnalyzeOptions>();
  command.add_option("RUN.db", options->files, "A run file; more files of the same session are joined to it")->required()->expected(1, 64);
  command.add_option("--slo", options->slo, "Hold the steps against this instead of the run's own, as \"p95<200ms, errors<0.1%\"")->check(some_text())->group("What");
  command.add_option("--html", options->html, "The report as one page that works offline")->type_name("FILE")->group("Where");
  command.add_option("--md", options->markdown, "The report as markdown")->type_name("FILE")->group("Where");
  command.add_option("--csv", options->csv, "The load steps as CSV")->type_name("FILE")->group("Where");
  command.add_flag("--json", options->json, "One JSON document instead of text")->group("Where");
  command.add_option("-o,--output", options->output, "Write the text or the JSON here instead of standard output")->type_name("FILE")->group("Where");
  command.footer("Examples:\n"
                 "  headroom analyze out/run.db\n"
                 "  headroom analyze out/run.db --html report.html --json -o report.json\n"
                 "  headroom analyze load.db server.db --slo \"p99<50ms\"");
  return [options] {
    const auto done = analyze_files(*options);
    return done ? static_cast<int>(ExitCode::done) : print(done.error());
  };
}
}  // namespace headroom::cli
