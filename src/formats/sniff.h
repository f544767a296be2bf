// Which model format a file is, told by its content alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace headroom::formats {
enum class Format : std::uint8_t {
  pickle,           // a pickle or joblib file, compressed or not; also whatever nothing else claims
  npy, npz, skops, xgboost_json, xgboost_ubjson, xgboost_binary, lightgbm_text, onnx, catboost, pmml, hdf5,
  empty,
};

[[nodiscard]] Format sniff(std::span<const std::byte> file);
/// "joblib/pickle", "XGBoost JSON", "ONNX", …
[[nodiscard]] const char* name_of(Format format);
}  // namespace headroom::formats
