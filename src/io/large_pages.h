// Memory for large arrays: models and the files that they come from.
#pragma once
#include <cstddef>
#include <span>

namespace headroom::io {
/// A hint: where memory comes in pages of 2 MiB, the system hands out a large block faster, and walks through it miss the table of pages less.
/// Some systems do so only when asked.
void want_large_pages(std::span<std::byte> memory) noexcept;

/// For a program's operator new and delete: memory, or nullptr if there is none. Blocks of some MiB ask for large pages. alignment: 0, or a
/// power of two.
[[nodiscard]] void* take_memory(std::size_t size, std::size_t alignment) noexcept;
void give_back(void* memory) noexcept;
}  // namespace headroom::io
