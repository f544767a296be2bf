#include "importers/load.h"

#include "formats/container.h"
#include "formats/error.h"
#include "formats/joblib.h"
#include "formats/json.h"
#include "formats/onnx.h"
#include "formats/skops.h"
#include "formats/sniff.h"
#include "importers/import.h"

namespace headroom::importers {
namespace {
using formats::Format;

LoadError foreign(Format format) {
  LoadError error;
  error.refusal = format == Format::npy || format == Format::npz || format == Format::empty ? Refusal::corrupt : Refusal::unservable;
  error.offset = 0;
  error.remedy = "save the model with joblib.dump(model, 'model.joblib')";
  if (format == Format::npy) {
    error.what = "this is a numpy array (.npy), not a model";
  } else if (format == Format::npz) {
    error.what = "this is a zip archive without a skops schema.json (an .npz of arrays?), not a model";
  } else if (format == Format::empty) {
    error.what = "the file is empty";
  } else {
    error.what = std::string("models in the format ") + name_of(format) + " are not served yet";
  }
  return error;
}
/// A name in the file that could run something, if Python loaded it.
std::optional<LoadError> danger_in(const formats::Graph& graph) {
  for (const auto& use : graph.globals) {
    if (!is_dangerous(use.name)) continue;
    return LoadError{Refusal::dangerous, "the file names " + formats::printable(use.name) + ", which no model needs: loading it in Python could run a stranger's code", {}, use.offset,
                     "do not load this file anywhere; ask its author"};
  }
  return std::nullopt;
}

FileFacts facts_of(const formats::Graph& graph) {
  constexpr std::size_t kMostListed = 100;
  FileFacts facts{graph.protocol, graph.stream_bytes, graph.trailing, formats::describe(graph.root), {}};
  for (const auto& use : suspicious_globals(graph)) {
    if (facts.suspicious.size() < kMostListed) facts.suspicious.push_back({formats::printable(use.name), use.offset});
  }
  return facts;
}

expected<model::ModelPtr, LoadError> load_skops(std::span<const std::byte> file, const LoadOptions& options, FileFacts* facts) {
  auto graph = formats::read_skops(file, options.limits);
  if (!graph) {
    auto& [error, path] = graph.error();
    std::optional<std::size_t> offset;
    if (error.offset > 0) offset = error.offset;
    return unexpected(LoadError{Refusal::corrupt, std::move(error.what), std::move(path), offset, "save the model again; it is damaged, or no skops file"});
  }
  if (facts != nullptr) *facts = facts_of(*graph);
  if (auto danger = danger_in(*graph)) {
    danger->path = "schema.json";
    danger->offset = std::nullopt;
    return unexpected(std::move(*danger));
  }
  auto model = import_graph(*graph, {options.select, options.features, options.classes});
  if (model) return std::move(*model);
  return unexpected(LoadError{Refusal::unservable, std::move(model.error().what), std::move(model.error().path), std::nullopt, "headroom inspect FILE lists what is in it"});
}

LoadError unservable(ImportError error) {
  std::optional<std::size_t> offset;
  if (error.offset > 0) offset = error.offset;
  return {Refusal::unservable, std::move(error.what), std::move(error.path), offset, "headroom inspect FILE lists what is in it"};
}

LoadError corrupt(formats::ParseError error) {
  return {Refusal::corrupt, std::move(error.what), {}, error.offset, "save the model again; it is damaged, or no model file"};
}

expected<model::ModelPtr, LoadError> load_xgboost(std::span<const std::byte> file, Format format, const LoadOptions& options, std::shared_ptr<const void> owner) {
  auto graph = format == Format::xgboost_json ? formats::read_json(file, options.limits, formats::Lists::long_ones_as_text) : formats::read_ubjson(file, options.limits);
  if (!graph) return unexpected(corrupt(std::move(graph.error())));
  auto model = import_xgboost_file(*graph, {options.select, options.features, options.classes}, std::move(owner));
  if (!model) return unexpected(unservable(std::move(model.error())));
  return std::move(*model);
}

expected<model::ModelPtr, LoadError> load_onnx(std::span<const std::byte> file, const LoadOptions& options) {
  const auto graph = formats::read_onnx(file, options.limits);
  if (!graph) {
    const auto& [error, path] = graph.error();
    const bool is_unservable = error.code == formats::ParseCode::unsupported;
    return unexpected(LoadError{is_unservable ? Refusal::unservable : Refusal::corrupt, error.what, path, error.offset, is_unservable ? "convert the model to one self-contained file of common operators" : "save the model again; it is damaged, or no ONNX file"});
  }
  auto model = import_onnx_file(*graph, {options.select, options.features, options.classes});
  if (!model) return unexpected(unservable(std::move(model.error())));
  return std::move(*model);
}
}  // namespace

expected<model::ModelPtr, LoadError> load_model(std::span<const std::byte> file, const LoadOptions& options, FileFacts* facts, std::shared_ptr<const void> owner) {
  const auto format = formats::sniff(file);
  if (format == Format::skops) return load_skops(file, options, facts);
  if (format == Format::xgboost_json || format == Format::xgboost_ubjson) return load_xgboost(file, format, options, std::move(owner));
  if (format == Format::onnx) return load_onnx(file, options);
  if (format == Format::lightgbm_text) {
    auto model = import_lightgbm_file({reinterpret_cast<const char*>(file.data()), file.size()}, {options.select, options.features, options.classes}, std::move(owner));
    if (!model) return unexpected(unservable(std::move(model.error())));
    return std::move(*model);
  }
  if (format != Format::pickle) return unexpected(foreign(format));
  // Pickles of protocol 2 and later begin with 0x80. What has no such mark and fails at once never was one.
  const bool may_be_none = file[0] != std::byte{0x80} && formats::sniff_container(file) == formats::Container::none;
  auto graph = formats::read_joblib(file, options.limits, std::move(owner));
  if (!graph) {
    auto& error = graph.error();
    if (error.offset < 2 && may_be_none) {
      return unexpected(LoadError{Refusal::unknown, "this is no model file: neither a pickle nor joblib's (" + error.what + ")", {}, error.offset, "name a file that holds a model"});
    }
    return unexpected(corrupt(std::move(error)));
  }
  if (facts != nullptr) *facts = facts_of(*graph);
  if (auto danger = danger_in(*graph)) return unexpected(std::move(*danger));
  auto model = import_graph(*graph, {options.select, options.features, options.classes});
  if (!model) return unexpected(unservable(std::move(model.error())));
  return std::move(*model);
}

Failure to_failure(const LoadError& error, std::string_view file) {
  Failure failure{ExitCode::wrong_use, error.what, std::string(file), error.remedy};
  if (!error.path.empty()) failure.where += ", " + error.path;
  if (error.offset) failure.where += ", byte " + std::to_string(*error.offset);
  return failure;
}
}  // namespace headroom::importers
