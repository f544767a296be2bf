#include "run/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace headroom::run {
namespace {
constexpr int kBusyWaitMs = 2000;

RunError error_of(sqlite3* database) {
  constexpr int kPrimary = 0xff;  // the rest of a code says more than is needed here
  switch (sqlite3_errcode(database) & kPrimary) {
    case SQLITE_FULL: return {"disk full", ENOSPC};
    case SQLITE_NOTADB: return {"not a Headroom run file (not an SQLite database)"};
    case SQLITE_CORRUPT: return {"the run file is damaged (" + std::string(sqlite3_errmsg(database)) + ")"};
    case SQLITE_TOOBIG: return {"a value in the run file is over the size limit"};
    case SQLITE_BUSY: return {"the run file is locked by another program", EBUSY};
    default: break;
  }
  std::string message = sqlite3_errmsg(database);
  const int system = sqlite3_system_errno(database);
  if (system != 0) message += std::string(": ") + std::strerror(system);
  return {message, system};
}
}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
void Statement::bind(int parameter, std::int64_t value) { sqlite3_bind_int64(raw_.get(), parameter, value); }
void Statement::bind(int parameter, double value) { sqlite3_bind_double(raw_.get(), parameter, value); }
void Statement::bind_text(int parameter, std::string_view value) {
  sqlite3_bind_text64(raw_.get(), parameter, value.data() ? value.data() : "", value.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind_blob(int parameter, std::string_view value) {
  sqlite3_bind_blob64(raw_.get(), parameter, value.data() ? value.data() : "", value.size(), SQLITE_STATIC);
}

expected<bool, RunError> Statement::step() {
  const int code = sqlite3_step(raw_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return unexpected(error_of(sqlite3_db_handle(raw_.get())));
}
void Statement::reset() { sqlite3_reset(raw_.get()); }

ColumnType Statement::type(int column) const {
  switch (sqlite3_column_type(raw_.get(), column)) {
    case SQLITE_INTEGER: return ColumnType::integer;
    case SQLITE_FLOAT: return ColumnType::real;
    case SQLITE_TEXT: return ColumnType::text;
    case SQLITE_BLOB: return ColumnType::blob;
    default: return ColumnType::null;
  }
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(raw_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(raw_.get(), column); }
std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))) : std::string_view();
}
std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_.get(), column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))) : std::string_view();
}

void Database::Close::operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }

expected<Database, RunError> Database::open_with(const std::string& path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) return unexpected(error_of(raw));
  sqlite3_busy_timeout(raw, kBusyWaitMs);
  return database;
}

// WAL with synchronous=NORMAL: a commit is one write() without fsync, so it survives the end of the process and costs little; a power
// cut may take the last commits but leaves the file sound. A rollback journal would make readers fail with "locked" at each commit.
expected<Database, RunError> Database::create(const std::string& path) {
  auto database = open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database) return database;
  HEADROOM_TRY_VOID(database->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY"));
  return database;
}

expected<void, RunError> Database::harden(std::uint64_t longest) {
  const auto length = static_cast<int>(std::min<std::uint64_t>(longest, std::numeric_limits<int>::max()));
  sqlite3_limit(raw_.get(), SQLITE_LIMIT_LENGTH, length);
  sqlite3_limit(raw_.get(), SQLITE_LIMIT_COLUMN, 100);
  sqlite3_limit(raw_.get(), SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return execute("PRAGMA cell_size_check=ON; PRAGMA query_only=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY");
}

expected<Database, RunError> Database::open(const std::string& path, std::uint64_t longest) {
  auto database = open_with(path, SQLITE_OPEN_READONLY);
  if (!database) return database;
  HEADROOM_TRY_VOID(database->harden(longest));
  return database;
}

expected<Database, RunError> Database::open_bytes(std::span<const std::byte> bytes, std::uint64_t longest) {
  auto database = open_with(":memory:", SQLITE_OPEN_READWRITE);
  if (!database) return database;
  // SQLite's interface is not const; READONLY holds it to that.
  auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(database->raw_.get(), "main", data, size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    return unexpected(error_of(database->raw_.get()));
  }
  HEADROOM_TRY_VOID(database->harden(longest));
  return database;
}

expected<void, RunError> Database::execute(const std::string& sql) {
  if (sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return unexpected(error_of(raw_.get()));
  return {};
}

expected<Statement, RunError> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(raw_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return unexpected(error_of(raw_.get()));
  return Statement(statement);
}

expected<std::int64_t, RunError> Database::number(const std::string& sql) {
  HEADROOM_TRY(statement, prepare(sql));
  HEADROOM_TRY(row, statement.step());
  return row ? statement.integer(0) : 0;
}

// Not through SQLite's own locks: in WAL mode two writers may share a file, and then each would replace the other's rows.
expected<WriteClaim, RunError> WriteClaim::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return unexpected(RunError{std::strerror(errno)});
  WriteClaim claim(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return claim;
  if (errno != EWOULDBLOCK) return claim;  // a file system without locks
  return unexpected(RunError{"another headroom process is writing this file"});
}
WriteClaim::WriteClaim(WriteClaim&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
WriteClaim& WriteClaim::operator=(WriteClaim&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
WriteClaim::~WriteClaim() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

expected<std::optional<std::uint64_t>, RunError> file_size(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    return unexpected(RunError{std::strerror(errno), errno});
  }
  if (!S_ISREG(status.st_mode)) return unexpected(RunError{S_ISDIR(status.st_mode) ? "is a directory, not a file" : "is a pipe, device or socket, not a regular file", EINVAL});
  return static_cast<std::uint64_t>(status.st_size);
}

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}
}  // namespace headroom::run
