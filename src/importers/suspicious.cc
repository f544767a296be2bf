// Which names in a pickle are no business of a model.
#include <algorithm>

#include "importers/import.h"

namespace headroom::importers {
namespace {
/// Packages that trained models are made of, and what they are pickled with.
constexpr std::string_view kModelPackages[] = {"sklearn", "numpy", "scipy", "pandas", "joblib", "xgboost", "lightgbm", "catboost", "imblearn",
                                               "category_encoders", "cloudpickle", "skops", "collections", "copyreg", "_codecs", "datetime", "decimal",
                                               "fractions", "enum", "uuid", "sklearn_pandas", "feature_engine"};

/// Modules whose functions run programs or code, open files or sockets, or import by name.
constexpr std::string_view kDangerousModules[] = {
    "os", "posix", "nt", "ntpath", "posixpath", "subprocess", "sys", "socket", "ssl", "pty", "tty", "shutil", "runpy", "pip", "importlib", "imp", "pkgutil",
    "zipimport", "ctypes", "_ctypes", "webbrowser", "code", "codeop", "pdb", "bdb", "cProfile", "profile", "trace", "timeit", "doctest", "pydoc",
    "multiprocessing", "_thread", "signal", "asyncio", "concurrent", "http", "urllib", "ftplib", "smtplib", "telnetlib", "poplib", "imaplib",
    "nntplib", "xmlrpc", "socketserver", "requests", "httpx", "aiohttp", "pickle", "_pickle", "cPickle", "marshal", "shelve", "dbm", "sqlite3", "tempfile",
    "glob", "fileinput", "mmap", "platform", "commands", "popen2", "distutils", "setuptools", "ensurepip", "venv", "lib2to3",
    "idlelib", "inspect", "gc", "atexit", "faulthandler", "resource", "getpass", "site", "test", "unittest", "antigravity", "this",
    "IPython", "fabric", "paramiko", "_posixsubprocess", "_osx_support", "bz2", "gzip", "lzma", "tarfile", "zipfile"};

constexpr std::string_view kDangerousNames[] = {
    "builtins.eval", "builtins.exec", "builtins.execfile", "builtins.compile", "builtins.open", "builtins.file", "builtins.__import__", "builtins.input",
    "builtins.breakpoint", "builtins.apply", "builtins.exit", "builtins.quit", "operator.attrgetter", "operator.methodcaller", "operator.itemgetter",
    "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "numpy.savetxt", "numpy.save", "joblib.load", "joblib.numpy_pickle.load",
    "pandas.read_pickle", "pandas.eval"};
constexpr std::string_view kDangerousPrefixes[] = {"numpy.f2py.", "numpy.testing.", "numpy.distutils.", "pandas.io.", "pandas.core.computation.", "scipy.io.",
                                                   "joblib.externals.", "sklearn.datasets.", "sklearn.utils._testing."};

/// Python's own types that models hold as values or are written with.
constexpr std::string_view kPlainBuiltins[] = {"bytes", "bytearray", "slice", "set", "frozenset", "object", "dict", "list", "tuple", "int", "float", "bool",
                                               "str", "complex", "range", "type", "print", "Ellipsis", "NotImplemented", "super"};

std::string_view package_of(std::string_view name) { return name.substr(0, name.find('.')); }

bool is_any(std::span<const std::string_view> list, std::string_view word) { return std::ranges::find(list, word) != list.end(); }

/// Which names are a callable of a well known model package, or one of Python's plain types.
bool is_usual(std::string_view name) {
  if (package_of(name) == "builtins") return is_any(kPlainBuiltins, name.substr(name.find('.') + 1));
  return name == "functools.partial" || is_any(kModelPackages, package_of(name));
}
}  // namespace

bool is_dangerous(std::string_view name) {
  if (is_any(kDangerousModules, package_of(name)) || is_any(kDangerousNames, name)) return true;
  return std::ranges::any_of(kDangerousPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::vector<formats::GlobalUse> suspicious_globals(const formats::Graph& graph) {
  std::vector<formats::GlobalUse> found;
  for (const auto& use : graph.globals) {
    if (is_dangerous(use.name) || !is_usual(use.name)) found.push_back(use);
  }
  return found;
}
}  // namespace headroom::importers
