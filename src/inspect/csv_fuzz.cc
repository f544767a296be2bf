// Any bytes as rows: a table whose cells can be asked for, or a reason.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "inspect/table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  headroom::model::ModelInfo info;
  info.n_features = 2;
  if (size > 0 && data[0] % 2 == 0) info.features = {"a", "b"};
  const auto table = headroom::inspect::read_table(std::as_bytes(std::span(data, size)), info, {});
  if (!table) {
    CHECK(!table.error().what.empty());
    return 0;
  }
  CHECK(table->rows().count() == table->count() && table->rows().width() == table->width());
  for (std::size_t i = 0; i < table->count() && i < 8; ++i) {
    for (std::size_t j = 0; j < table->width() && j < 8; ++j) CHECK(!table->cell(i, j).empty());
  }
  return 0;
}
