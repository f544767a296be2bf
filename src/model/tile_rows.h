// Rows as kernels of tiles read them.
#pragma once
#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include "model/tiled_trees.h"

namespace headroom::model {
/// encode(i, out): writes n_inputs() biased values of the i-th of `count` ≤ kTileTogether rows. What is made stands in `room`.
template <class Value, class Encode>
[[nodiscard]] TileRows<Value> tile_rows(const TiledTrees<Value>& trees, std::size_t count, std::vector<std::byte>& room, Encode encode) {
  using Signed = std::make_signed_t<Value>;
  constexpr std::size_t kLine = 64, kBlock = 64;
  const std::size_t length = trees.row_length(), blocks = (count + kBlock - 1) / kBlock;
  room.resize(kLine + 2 * length * blocks * kBlock * sizeof(Value));
  void* start = room.data();
  std::size_t size = room.size();
  auto* rows = static_cast<Signed*>(std::align(kLine, kLine, start, size));
  Signed* columns = rows + length * blocks * kBlock;
  for (std::size_t i = 0; i < count; ++i) encode(i, rows + i * length);
  for (std::size_t block = 0; block < blocks; ++block) trees.transpose(rows + block * kBlock * length, columns + block * kBlock * length);
  return {rows, columns, count};
}
}  // namespace headroom::model
