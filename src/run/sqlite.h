// The one place that knows SQLite. A Database and its Statements belong to one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "run/run_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace headroom::run {
enum class ColumnType { null, integer, real, text, blob };

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite. Views given by text() and blob() live until step().
class Statement {
 public:
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);  // NaN becomes NULL
  /// Borrowed until the next step().
  void bind_text(int parameter, std::string_view value);
  void bind_blob(int parameter, std::string_view value);
  /// True while there is a row. After false or an error: reset() before the next use.
  [[nodiscard]] expected<bool, RunError> step();
  void reset();

  [[nodiscard]] ColumnType type(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

class Database {
 public:
  /// A new file, in WAL mode; an old one of this name must not exist.
  static expected<Database, RunError> create(const std::string& path);
  /// For reading, hardened against what a stranger may have put in: no triggers, views or functions of its own are run.
  /// `longest`: of one row, text or blob, in bytes.
  static expected<Database, RunError> open(const std::string& path, std::uint64_t longest);
  static expected<Database, RunError> open_bytes(std::span<const std::byte> bytes, std::uint64_t longest);

  [[nodiscard]] expected<void, RunError> execute(const std::string& sql);
  [[nodiscard]] expected<Statement, RunError> prepare(const std::string& sql);
  /// One integer: PRAGMA user_version and the like.
  [[nodiscard]] expected<std::int64_t, RunError> number(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* raw) const;
  };
  explicit Database(sqlite3* raw) : raw_(raw) {}
  static expected<Database, RunError> open_with(const std::string& path, int flags);
  [[nodiscard]] expected<void, RunError> harden(std::uint64_t longest);
  std::unique_ptr<sqlite3, Close> raw_;
};

/// The right to write `path`, told to other processes by a lock on the file (flock); given up by destruction.
class WriteClaim {
 public:
  /// Nothing if another process holds it. The file must exist.
  static expected<WriteClaim, RunError> take(const std::string& path);
  WriteClaim(WriteClaim&& other) noexcept;
  WriteClaim& operator=(WriteClaim&& other) noexcept;
  ~WriteClaim();

 private:
  explicit WriteClaim(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Size of the file; nothing if there is none. What is no regular file is an error: SQLite would take a device for an empty one, and a recording
/// would put a file in its place.
[[nodiscard]] expected<std::optional<std::uint64_t>, RunError> file_size(const std::string& path);
/// Removes the file and SQLite's files beside it.
void remove_database(const std::string& path);
}  // namespace headroom::run
