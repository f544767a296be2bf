#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "io/fd.h"

namespace headroom::io {
/// Appends whole lines to a file that others may read meanwhile. A line that could not be written whole is taken back, and lost.
class TraceFile {
 public:
  /// The error is a clause: "Permission denied".
  static expected<TraceFile, std::string> open(const std::string& path);
  /// `line` ends without a newline, which is added. False, with the line lost, when the disk is full or worse.
  bool append(std::string_view line);

 private:
  explicit TraceFile(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
  bool torn_ = false;  // half a line stands at the end and could not be taken back
};
}  // namespace headroom::io
