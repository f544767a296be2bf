#include "inspect/predict.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "formats/error.h"
#include "inspect/answer_file.h"
#include "inspect/table.h"
#include "io/file.h"
#include "model/check_rows.h"

namespace headroom::inspect {
using model::Method;

namespace {
constexpr std::pair<const char*, Method> kMethods[] = {{"predict", Method::predict},
                                                       {"predict_proba", Method::predict_proba},
                                                       {"decision_function", Method::decision_function},
                                                       {"transform", Method::transform}};

/// The method asked for, if the model has it.
expected<Method, Failure> method_of(const std::string& wanted, const model::ModelInfo& info) {
  std::string available;
  for (const auto& [name, method] : kMethods) {
    const bool has = std::ranges::find(info.methods, method) != info.methods.end();
    if (has && wanted == name) return method;
    if (has) available += (available.empty() ? "" : ", ") + std::string(name);
  }
  return unexpected(Failure{ExitCode::wrong_use, info.estimator + " has no method " + formats::printable(wanted, 40), "--method", "choose one of " + available});
}

expected<io::FileBytes, Failure> read_rows(const std::string& path) {
  constexpr Bytes kMost{4ULL << 30U};
  auto bytes = path == "-" ? io::read_descriptor(0, "standard input", kMost) : io::read_file(path, kMost);
  if (!bytes) return unexpected(to_failure(bytes.error()));
  return std::move(*bytes);
}

Failure rejected(const model::RowError& error, const Table& table, const std::string& file, const model::ModelInfo& info) {
  Failure failure{ExitCode::wrong_use, "row " + std::to_string(error.row) + " is rejected: " + error.message, file, "correct or leave out that row; nothing was written"};
  if (table.width() != info.n_features && info.n_features > 0) return failure;
  if (table.line(error.row) > 0) failure.where += ", line " + std::to_string(table.line(error.row));
  failure.where += ", row " + std::to_string(error.row);
  if (error.column < table.width()) failure.where += ", " + formats::printable(model::column_name(info, error.column), 120) + ", value " + table.cell(error.row, error.column);
  return failure;
}

expected<void, Failure> write(const std::string& path, const std::string& content) {
  const auto bytes = std::as_bytes(std::span(content));
  const auto wrote = path == "-" ? io::write_descriptor(1, "standard output", bytes) : io::write_file_atomically(path, bytes);
  if (!wrote) return unexpected(to_failure(wrote.error()));
  return {};
}
}  // namespace

expected<model::ModelPtr, Failure> open_model(const std::string& path, const importers::LoadOptions& options) {
  auto file = io::read_file(path, Bytes{options.limits.max_file});
  if (!file) return unexpected(to_failure(file.error()));
  const auto bytes = file->bytes();
  auto model = importers::load_model(bytes, options, nullptr, file->release());
  if (!model) return unexpected(to_failure(model.error(), path));
  return std::move(*model);
}

expected<void, Failure> predict(const PredictOptions& options) {
  const bool is_npy = options.output.ends_with(".npy");
  if (!is_npy && options.output != "-" && !options.output.ends_with(".csv")) {
    return unexpected(Failure{ExitCode::wrong_use, "the output is neither .npy nor .csv nor '-'", "--output " + options.output, "name a file that ends in .npy or .csv"});
  }
  for (const auto& input : {options.model, options.rows}) {
    if (io::is_same_file(options.output, input) && input != "-") return unexpected(Failure{ExitCode::wrong_use, "the answers would replace " + input, "--output " + options.output, "name another file"});
  }
  HEADROOM_TRY(model, open_model(options.model, options.load));
  HEADROOM_TRY(method, method_of(options.method, model->info()));
  HEADROOM_TRY(file, read_rows(options.rows));
  const std::string name = options.rows == "-" ? "standard input" : options.rows;
  const auto table = read_table(file.bytes(), model->info(), options.load.limits);
  if (!table) {
    return unexpected(Failure{ExitCode::wrong_use, table.error().what, name + (table.error().where.empty() ? "" : ", " + table.error().where), "docs/predict.md says what rows look like"});
  }
  if (table->count() == 0) return unexpected(Failure{ExitCode::wrong_use, "there are no rows in it", name, "give at least one row; docs/predict.md says what rows look like"});
  if (const auto unused = table->unused().size(); unused > 0) {
    std::fprintf(stderr, "headroom: note: the model does not use %zu of the columns of %s\n", unused, name.c_str());
  }
  if (const auto valid = model->validate(table->rows()); !valid) return unexpected(rejected(valid.error(), *table, name, model->info()));
  model::Output output;
  model::Scratch scratch;
  model->predict(method, table->rows(), output, scratch);
  if (is_npy && output.dtype == model::DType::typed) {
    return unexpected(Failure{ExitCode::wrong_use, "the answer has columns of text, which .npy does not hold", "--output " + options.output, "name a file that ends in .csv"});
  }
  return write(options.output, is_npy ? answers_as_npy(model->info(), method, output) : answers_as_csv(model->info(), method, output));
}
}  // namespace headroom::inspect
