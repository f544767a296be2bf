#include "inspect/report.h"

#include "formats/container.h"
#include "formats/sniff.h"
#include "inspect/measure.h"
#include "inspect/table.h"
#include "io/clock.h"
#include "io/file.h"

namespace headroom::inspect {
namespace {
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
  auto file = io::read_file(options.file, Bytes{options.load.limits.max_file});
  if (!file) return unexpected(to_failure(file.error()));
  const auto bytes = file->bytes();
  Report report;
  report.file = options.file;
  report.file_bytes = bytes.size();
  report.format = name_of(formats::sniff(bytes));
  report.container = name_of(formats::sniff_container(bytes));
  const auto start = io::now();
  auto model = importers::load_model(bytes, options.load, &report.facts, file->release());
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
  if (report.model == nullptr || options.bench_rows.empty()) return report;
  HEADROOM_TRY(measured, bench(report, options));
  report.bench = measured;
  return report;
}
}  // namespace headroom::inspect
