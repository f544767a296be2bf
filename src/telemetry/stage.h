// The named parts of a request, in their order. Adding one: an enumerator with its name here, a mark in serve/connection.cc.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headroom::telemetry {
/// accept: connection accepted → taken by its thread (only a connection's first request). read: first byte → whole request in memory.
/// parse: HTTP head and body framing. decode: JSON → rows. queue: seen while its thread was busy with others, and admission. predict: the model. encode: answer → JSON.
/// write: handing the bytes to the kernel.
enum class Stage : std::uint8_t { accept, read, parse, decode, queue, predict, encode, write };

inline constexpr auto kStageNames = std::to_array<std::string_view>({"accept", "read", "parse", "decode", "queue", "predict", "encode", "write"});
inline constexpr std::size_t kStages = kStageNames.size();
static_assert(static_cast<std::size_t>(Stage::write) + 1 == kStages, "each stage has a name, and write is the last one");

[[nodiscard]] constexpr std::string_view name(Stage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }
}  // namespace headroom::telemetry
