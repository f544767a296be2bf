// How wide an ONNX graph's input is where its own shape leaves that open.
#pragma once
#include <cstdint>
#include <string_view>

#include "formats/onnx.h"

namespace headroom::importers {
/// Columns of the input `name` as the first node behind it (and behind casts) asks for; −1 if none does.
[[nodiscard]] std::int64_t onnx_width(const formats::OnnxGraph& graph, std::string_view name);
}  // namespace headroom::importers
