#include "formats/sniff.h"

#include <algorithm>
#include <string_view>

#include "formats/npy.h"

namespace headroom::formats {
namespace {
using namespace std::string_view_literals;

Format sniff_zip(std::string_view text) {
  // The directory stands at the end; small files are seen whole.
  constexpr std::size_t kEnd = 64U << 10U;
  const auto end = text.substr(text.size() - std::min(text.size(), kEnd));
  return end.find("schema.json") != std::string_view::npos ? Format::skops : Format::npz;
}

Format sniff_json(std::string_view head) {
  if (head.find("\"learner\"") != std::string_view::npos) return Format::xgboost_json;
  for (const auto* key : {"\"oblivious_trees\"", "\"features_info\"", "\"ctrs\"", "\"ctr_data\""}) {
    if (head.find(key) != std::string_view::npos) return Format::catboost;
  }
  return Format::xgboost_json;
}

/// ONNX: a protobuf whose first field is ir_version, a small number, and then another of ModelProto's; or its graph alone.
bool looks_like_onnx(std::string_view head) {
  constexpr std::string_view kKeys = "\x12\x1a\x22\x28\x32\x3a\x42\x72";
  if (head.size() > 1 && head[0] == '\x3a') return true;
  return head.size() > 2 && head[0] == '\x08' && head[1] > 0 && head[1] < 32 && kKeys.find(head[2]) != std::string_view::npos;
}
}  // namespace

Format sniff(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto head = text.substr(0, 4096);
  if (text.empty()) return Format::empty;
  if (is_npy(file)) return Format::npy;
  if (head.starts_with("PK\x03\x04"sv) || head.starts_with("PK\x05\x06"sv)) return sniff_zip(text);
  if (head.starts_with("\x89HDF"sv)) return Format::hdf5;
  if (head.starts_with("CBM1"sv)) return Format::catboost;
  if (head.starts_with("binf"sv)) return Format::xgboost_binary;
  if (head.starts_with("tree\n"sv) || head.starts_with("tree\r\n"sv)) return Format::lightgbm_text;
  if (head.starts_with("{L\0\0"sv) || head.starts_with("{i"sv) || head.starts_with("{U"sv)) return Format::xgboost_ubjson;
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos) {
    const auto content = head.substr(first);
    if (content.starts_with('{') || content.starts_with('[')) return sniff_json(content);
    if (content.starts_with('<') && content.find("PMML") != std::string_view::npos) return Format::pmml;
  }
  return looks_like_onnx(head) ? Format::onnx : Format::pickle;
}

const char* name_of(Format format) {
  switch (format) {
    case Format::pickle: return "joblib/pickle";
    case Format::npy: return "numpy array (.npy)";
    case Format::npz: return "zip archive";
    case Format::skops: return "skops";
    case Format::xgboost_json: return "XGBoost JSON";
    case Format::xgboost_ubjson: return "XGBoost UBJSON";
    case Format::xgboost_binary: return "XGBoost binary";
    case Format::lightgbm_text: return "LightGBM text";
    case Format::onnx: return "ONNX";
    case Format::catboost: return "CatBoost";
    case Format::pmml: return "PMML";
    case Format::hdf5: return "HDF5 (Keras)";
    case Format::empty: return "empty file";
  }
  return "";
}
}  // namespace headroom::formats
