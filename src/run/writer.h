// Writes a run file. One Writer per file and process; everything else hands its rows to it.
#pragma once
#include <memory>
#include <string>

#include "base/expected.h"
#include "run/rows.h"
#include "run/run_error.h"

namespace headroom::run {
/// Rows that may wait for the writing thread. Bulk rows (samples, server requests) come by the thousand; the others may go on when
/// bulk rows are being dropped.
struct WriterLimits {
  std::size_t bulk_rows = 1U << 16U;
  std::size_t other_rows = 1U << 14U;
  std::size_t histogram_bytes = 64U << 20U;
};

/// Every add() may be called from any thread, never waits for the disk (a thread of its own commits at least each second) and
/// never throws; rows that cannot be written are counted and the first error is kept. What was committed survives kill -9.
/// At most WriterLimits wait in memory: what comes on top is dropped and counted in meta "rows_dropped".
/// Journal: WAL while it is written, so that readers neither wait nor make it wait; one plain file after close().
class Writer {
 public:
  /// Creates `path`; an existing file is replaced only if it is a run file that nobody is writing, or empty.
  static expected<std::unique_ptr<Writer>, RunError> create(const std::string& path, const Meta& meta,
                                                            const WriterLimits& limits = {});
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
  /// Bulk rows that were dropped before they came here, though their seconds came: counted in meta "rows_dropped".
  void note_dropped(std::uint64_t rows);
  /// Requests that were lost before they came here, in every table: the same, and "complete" stays "no".
  void note_lost(std::uint64_t requests);

  /// Commits everything and closes; the first error that lost rows, if any did. meta "complete" is "yes" only after this.
  expected<void, RunError> close();

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::run
