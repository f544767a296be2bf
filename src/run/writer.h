// Writes a run file. One Writer per file and process; everything else hands its rows to it.
#pragma once
#include <memory>
#include <string>

#include "base/expected.h"
#include "run/rows.h"

namespace headroom::run {
struct RunError {
  std::string message;  // "disk full", "not a Headroom run file (no table meta)"
};

/// Every add() may be called from any thread, never waits for the disk (a thread of its own commits at least each second) and
/// never throws; rows that cannot be written are counted and the first error is kept. What was committed survives kill -9.
class Writer {
 public:
  /// Creates `path`; an existing file is replaced only if it is a run file or empty.
  static expected<std::unique_ptr<Writer>, RunError> create(const std::string& path, const Meta& meta);
  ~Writer();  // close() if it has not been called
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void add(const Step& step);  // again with the same id: replaces (end_ns is known only later)
  /// Index to use as `name` in the other rows; the same text gives the same index.
  int name(const std::string& text);
  void add(Sample row);
  void add(ClientSecond row);
  void add(ErrorCount row);
  void add(GeneratorSecond row);
  void add(ServerSecond row);
  void add(ServerRequest row);
  void add(ReplicaSample row);
  void add(ReplicaEvent row);
  void add(HpaPass row);
  void add(SlowRequest row);
  void set_meta(const std::string& key, const std::string& value);

  /// Commits everything and closes; the error that lost rows, if any did.
  expected<void, RunError> close();

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::run
