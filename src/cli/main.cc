#include <cstddef>
#include <new>

#include "cli/commands.h"
#include "cli/program.h"
#include "io/large_pages.h"

#if defined(__has_feature)
#define HEADROOM_IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEADROOM_IS_SANITIZED 1
#else
#define HEADROOM_IS_SANITIZED 0
#endif

#if !HEADROOM_IS_SANITIZED   // which bring their own
namespace {
void* take(std::size_t size, std::size_t alignment) {
  void* memory = headroom::io::take_memory(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

// All that owns memory is a vector or its like, so this is where large arrays are told from others. The forms that are left out call these.
void* operator new(std::size_t size) { return take(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) { return take(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { headroom::io::give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { headroom::io::give_back(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { headroom::io::give_back(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { headroom::io::give_back(memory); }
#endif

int main(int argc, char** argv) { return headroom::cli::run(headroom::cli::kCommands, argc, argv); }
