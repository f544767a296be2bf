#include "serve/startup.h"

#include <algorithm>
#include <utility>

#include "http/byte_buffer.h"
#include "http/reply.h"
#include "importers/load.h"
#include "io/clock.h"
#include "io/file.h"

namespace headroom::serve {
namespace {
constexpr Bytes kLargestModel{std::uint64_t{2} << 30U};

std::string joined(const std::vector<std::string>& words, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), most); ++i) text += (i ? ", " : "") + words[i];
  if (words.size() > most) text += ", … (" + std::to_string(words.size()) + ")";
  return text;
}

std::vector<std::string> class_names(const model::ModelInfo& info) {
  std::vector<std::string> names;
  for (const auto& label : info.classes) names.push_back(model::to_text(label));
  return names;
}

std::string escaped(const std::string& text) {
  http::ByteBuffer out;
  http::append_escaped(out, text);
  return std::string(out.view());
}
}  // namespace

std::string name_of(const std::string& path) {
  const auto stem_of = [](const std::string& file) { return file.substr(0, file.rfind('.') == 0 ? file.npos : file.rfind('.')); };
  const auto slash = path.rfind('/');
  const std::string stem = stem_of(path.substr(slash == path.npos ? 0 : slash + 1));
  if (stem != "model" || slash == path.npos || slash == 0) return stem;
  const auto before = path.rfind('/', slash - 1);
  const std::string folder = path.substr(before == path.npos ? 0 : before + 1, slash - (before == path.npos ? 0 : before + 1));
  return folder.empty() || folder == "." || folder == ".." ? stem : folder;
}

expected<Loaded, Failure> load(const Options& options) {
  const Instant begun = io::now();
  if (options.model.find("://") != std::string::npos) {
    return unexpected(Failure{ExitCode::wrong_use, "a model is a file on this machine, not a URL", options.model, "fetch it first"});
  }
  auto file = io::read_file(options.model, kLargestModel);
  if (!file) return unexpected(io::to_failure(file.error()));
  importers::LoadOptions how;
  how.select = options.select;
  how.features = options.features;
  how.classes = options.classes;
  const auto bytes = file->bytes();
  auto model = importers::load_model(bytes, how, nullptr, file->release());
  if (!model) return unexpected(importers::to_failure(model.error(), options.model));
  auto served = offer(std::move(*model), options.name.empty() ? name_of(options.model) : options.name);
  if (!served) return unexpected(Failure{ExitCode::wrong_use, served.error().reason, options.model, "headroom inspect shows what is in the file"});
  return Loaded{std::move(*served), begun, io::now()};
}

std::string announcement(const Loaded& loaded, const Place& place, LogFormat format) {
  const auto& info = loaded.served.info();
  const std::string what = info.estimator + " of " + info.library + " " + info.library_version;
  const std::string took = to_text(loaded.ended - loaded.begun);
  if (format == LogFormat::json) {
    return R"({"event":"ready","model":")" + escaped(loaded.served.name) + R"(","estimator":")" + escaped(info.estimator) + R"(","library":")" +
           escaped(info.library + " " + info.library_version) + R"(","features":)" + std::to_string(info.n_features) + R"(,"classes":)" +
           std::to_string(info.classes.size()) + R"(,"load_ms":)" + std::to_string(milliseconds(loaded.ended - loaded.begun)) + R"(,"threads":)" +
           std::to_string(place.threads) + R"(,"url":")" + escaped(place.url) + "\"}\n";
  }
  std::string text = loaded.served.name + ": " + what + ", loaded in " + took + "\n";
  text += "  features  " + joined(loaded.served.features, 8) + "\n";
  if (!info.classes.empty()) text += "  classes   " + joined(class_names(info), 8) + "\n";
  if (!place.tracing.empty()) text += "  tracing   " + place.tracing + "\n";
  const std::string threads = std::to_string(place.threads) + (place.threads == 1 ? " thread" : " threads");
  if (place.url.empty()) return text + "  serving   connections from the parent process, " + threads + "\n";
  return text + "  serving   " + place.url + "/predict   " + place.url + "/docs   " + place.url + "/health   (" + threads + ")\n";
}
}  // namespace headroom::serve
