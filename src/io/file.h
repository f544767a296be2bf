// Whole files in and out, bounded, and with an error that a person understands.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/expected.h"
#include "base/failure.h"
#include "base/units.h"
#include "io/fd.h"

namespace headroom::io {
enum class FileTrouble : std::uint8_t { missing, no_folder, directory, not_regular, permission, link_loop, too_large, no_space, failed };

struct FileError {
  FileTrouble trouble = FileTrouble::failed;
  std::string path;
  int system_error = 0;       // errno, 0 where none was set
  std::uint64_t limit = 0;    // for too_large
};

/// Bytes that were read; one owner.
class FileBytes {
 public:
  FileBytes() = default;
  FileBytes(std::unique_ptr<std::byte[]> data, std::size_t size) noexcept : data_(std::move(data)), size_(size) {}
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// What keeps bytes(): whoever takes it can let them go when they are not needed any more. This then is empty.
  [[nodiscard]] std::shared_ptr<const void> release() noexcept {
    size_ = 0;
    return std::move(data_);
  }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
};

/// All of a regular file (links are followed). A pipe, device or socket is refused without waiting for it; a file larger than
/// `most` is refused before it is read.
[[nodiscard]] expected<FileBytes, FileError> read_file(const std::string& path, Bytes most);
/// All that a descriptor gives until its end, a pipe too; `name` stands in errors ("standard input"). Waits for the writer.
[[nodiscard]] expected<FileBytes, FileError> read_descriptor(int descriptor, const std::string& name, Bytes most);
/// Writes beside `path` and renames over it: readers see the old content or the new, also after a crash. Mode 0644 less umask.
/// A path that is no regular file (/dev/stdout) is written to directly.
[[nodiscard]] expected<void, FileError> write_file_atomically(const std::string& path, std::span<const std::byte> bytes);
/// Whether both paths lead to one existing file, or are the same text.
[[nodiscard]] bool is_same_file(const std::string& a, const std::string& b);
/// Whether write_file_atomically could write there now; leaves nothing behind and changes nothing.
[[nodiscard]] expected<void, FileError> try_to_write(const std::string& path);
/// A new or emptied file to append to, mode 0644 less umask. Readers may follow it.
[[nodiscard]] expected<Fd, FileError> create_file(const std::string& path);
/// Writes all of `bytes`, however often the system stops half way.
[[nodiscard]] expected<void, FileError> write_descriptor(int descriptor, const std::string& name, std::span<const std::byte> bytes);

/// "no such file", its path, what to do; exit code 3.
[[nodiscard]] Failure to_failure(const FileError& error);
}  // namespace headroom::io
