#include "inspect/report.h"

#include "formats/container.h"
#include "formats/error.h"
#include "formats/joblib.h"
#include "formats/skops.h"
#include "formats/sniff.h"
#include "importers/import.h"
#include "inspect/measure.h"
#include "inspect/table.h"
#include "io/clock.h"
#include "io/file.h"

namespace headroom::inspect {
namespace {
std::optional<formats::Graph> read_graph(std::span<const std::byte> file, formats::Format format, const formats::Limits& limits) {
  if (format == formats::Format::skops) {
    auto graph = formats::read_skops(file, limits);
    return graph ? std::optional(std::move(*graph)) : std::nullopt;
  }
  auto graph = formats::read_joblib(file, limits);
  return graph ? std::optional(std::move(*graph)) : std::nullopt;
}

/// What the graph tells beside the model: protocol, sizes, names.
void look_into(std::span<const std::byte> file, formats::Format format, const formats::Limits& limits, Report& report) {
  const auto graph = read_graph(file, format, limits);
  if (!graph) return;
  report.protocol = graph->protocol;
  report.stream_bytes = graph->stream_bytes;
  report.trailing = graph->trailing;
  report.root = formats::describe(graph->root);
  constexpr std::size_t kMostListed = 100;
  for (const auto& use : importers::suspicious_globals(*graph)) {
    if (report.suspicious.size() < kMostListed) report.suspicious.push_back({formats::printable(use.name), use.offset});
  }
}

expected<Bench, Failure> bench(const Report& report, const InspectOptions& options) {
  const auto refuse = [&](const std::string& what, const std::string& where) { return unexpected(Failure{ExitCode::wrong_use, what, where, "give rows that the model takes"}); };
  const auto file = io::read_file(options.bench_rows, Bytes{1ULL << 30U});
  if (!file) return unexpected(to_failure(file.error()));
  const auto table = read_table(file->bytes(), report.model->info(), options.load.limits);
  if (!table) return refuse(table.error().what, options.bench_rows + (table.error().where.empty() ? "" : ", " + table.error().where));
  if (table->count() == 0) return refuse("there are no rows to measure with", options.bench_rows);
  if (const auto valid = report.model->validate(table->rows()); !valid) return refuse("row " + std::to_string(valid.error().row) + " is rejected: " + valid.error().message, options.bench_rows);
  if (!table->rows().is_dense()) return refuse("rows with text cannot be measured with", options.bench_rows);
  return measure(*report.model, *table);
}
}  // namespace

ExitCode Report::exit_code() const {
  if (model != nullptr) return unservable.empty() ? ExitCode::done : ExitCode::fell_short;
  return error && error->refusal == importers::Refusal::unservable ? ExitCode::fell_short : ExitCode::wrong_use;
}

expected<Report, Failure> inspect_file(const InspectOptions& options) {
  const auto file = io::read_file(options.file, Bytes{options.load.limits.max_file});
  if (!file) return unexpected(to_failure(file.error()));
  Report report;
  report.file = options.file;
  report.file_bytes = file->size();
  const auto format = formats::sniff(file->bytes());
  report.format = name_of(format);
  report.container = name_of(formats::sniff_container(file->bytes()));
  const auto start = io::now();
  auto model = importers::load_model(file->bytes(), options.load);
  report.load_ms = milliseconds(io::now() - start);
  if (model) {
    report.model = std::move(*model);
    if (report.model->info().task == model::Task::transform) {
      report.unservable = report.model->info().estimator + " transforms rows and predicts nothing; headroom predict --method transform runs it";
    }
  } else {
    report.error = std::move(model.error());
    if (report.error->refusal == importers::Refusal::unknown) report.format = "unknown";
  }
  // What could not be read the first time is not inflated a second time.
  const bool was_read = !report.error || (report.error->refusal != importers::Refusal::corrupt && report.error->refusal != importers::Refusal::unknown);
  const bool has_graph = format == formats::Format::pickle || format == formats::Format::skops;
  if (has_graph && was_read) look_into(file->bytes(), format, options.load.limits, report);
  if (report.model == nullptr || options.bench_rows.empty()) return report;
  HEADROOM_TRY(measured, bench(report, options));
  report.bench = measured;
  return report;
}
}  // namespace headroom::inspect
