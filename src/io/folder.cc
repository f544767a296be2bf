#include "io/folder.h"

#include <cerrno>
#include <filesystem>

namespace headroom::io {
namespace {
FileTrouble trouble_of(int error) {
  switch (error) {
    case EACCES: case EPERM: case EROFS: return FileTrouble::permission;
    case ENOSPC: case EDQUOT: return FileTrouble::no_space;
    case ELOOP: return FileTrouble::link_loop;
    default: return FileTrouble::failed;
  }
}
}  // namespace

expected<void, FileError> make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && std::filesystem::is_directory(path, error)) return {};
  const int code = error ? error.value() : ENOTDIR;
  return unexpected(FileError{trouble_of(code), path, code, 0});
}
}  // namespace headroom::io
