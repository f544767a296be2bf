#include "formats/skops.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "formats/json.h"
#include "formats/npy.h"
#include "formats/skops_builder.h"
#include "formats/zip.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMaxDepth = 64;
constexpr std::int64_t kNewestProtocol = 2;

/// What a graph read from a skops file borrows from.
struct Held {
  std::unique_ptr<Zip> zip;
  std::vector<std::unique_ptr<Zip>> inner;   // .npz members
  std::vector<Graph> documents;
};

/// Loaders whose content prediction never needs: they stay opaque.
constexpr std::string_view kOpaque[] = {"RandomStateNode", "RandomGeneratorNode", "MaskedArrayNode", "MethodNode", "PartialNode", "OperatorFuncNode",
                                        "ConstructorFromReduceNode", "ReduceNode", "SGDNode", "QuantileForestNode", "TreeDictNode", "DatetimeNode"};

class SkopsReader : SkopsBuilder {
 public:
  SkopsReader(std::span<const std::byte> file, const Limits& limits) : SkopsBuilder(limits.graph(file.size())), file_(file), limits_(limits), held_(std::make_shared<Held>()) {}

  expected<Graph, SkopsError> read() {
    auto zip = Zip::open(file_, limits_);
    if (!zip) return unexpected(SkopsError{std::move(zip.error()), "zip"});
    held_->zip = std::make_unique<Zip>(std::move(*zip));
    HEADROOM_TRY(schema, member("schema.json", "schema.json"));
    auto document = read_json(schema, limits_);
    if (!document) return unexpected(SkopsError{std::move(document.error()), "schema.json"});
    const Value root = document->root;
    held_->documents.push_back(std::move(*document));
    HEADROOM_TRY_VOID(check_protocol(root));
    HEADROOM_TRY(value, convert(root, "model", 0));
    graph_.root = value;
    graph_.stream_bytes = file_.size();
    graph_.inflated = held_;
    return std::move(graph_);
  }

 private:
  expected<void, SkopsError> check_protocol(const Value& root) {
    const auto* protocol = root.find("protocol");
    if (protocol == nullptr) return fail("schema.json", "schema.json is no object of skops: it has no protocol");
    if (!protocol->is(Kind::integer)) return fail("schema.json", "the protocol of skops is " + describe(*protocol) + ", no number");
    if (protocol->integer() >= 0 && protocol->integer() <= kNewestProtocol) return {};
    return fail("schema.json", "skops protocol " + std::to_string(protocol->integer()) + "; 0 to " + std::to_string(kNewestProtocol) + " are known", ParseCode::unsupported);
  }

  expected<std::span<const std::byte>, SkopsError> member(std::string_view name, const std::string& path) {
    auto bytes = held_->zip->read(name);
    if (!bytes) return unexpected(SkopsError{std::move(bytes.error()), printable(path, 200)});
    return *bytes;
  }

  /// "module.class" with the spellings that pickles have.
  static std::string full_name(std::string module, std::string_view name) {
    if (module == "_loss") module = "sklearn._loss._loss";
    if (module.starts_with("numpy._core.")) module = "numpy.core." + module.substr(12);
    return module + "." + std::string(name);
  }
  expected<std::string, SkopsError> class_of(const Value& node, const std::string& path) {
    const auto* name = node.find("__class__");
    const auto* module = node.find("__module__");
    if (name == nullptr || module == nullptr || !name->is(Kind::text) || !module->is(Kind::text)) return fail(path, "a node of skops without __class__ and __module__");
    if (name->text().size() + module->text().size() > limits_.max_name) return fail(path, "a class's name is too long", ParseCode::over_limit);
    return full_name(std::string(module->text()), name->text());
  }

  Made convert(const Value& node, const std::string& path, std::size_t depth) {
    if (depth > kMaxDepth) return fail(path, "the model is nested more than " + std::to_string(kMaxDepth) + " deep", ParseCode::over_limit);
    if (!node.is(Kind::dict)) return fail(path, "a node of skops is " + describe(node) + ", not an object of JSON");
    const auto* loader = node.find("__loader__");
    if (loader == nullptr || !loader->is(Kind::text)) return fail(path, "a node of skops without __loader__");
    const auto* id = node.find("__id__");
    if (id == nullptr || !id->is(Kind::integer)) return convert_new(node, loader->text(), path, depth);
    if (open_.contains(id->integer())) return fail(path, "it contains itself (a cycle)");
    if (const auto known = made_.find(id->integer()); known != made_.end()) return known->second;
    open_.insert(id->integer());
    HEADROOM_TRY(value, convert_new(node, loader->text(), path, depth));
    open_.erase(id->integer());
    made_.emplace(id->integer(), value);
    return value;
  }

  Made convert_new(const Value& node, std::string_view loader, const std::string& path, std::size_t depth) {
    if (loader == "JsonNode") return json(node, path);
    if (loader == "TypeNode" || loader == "FunctionNode") return named(node, path);
    if (loader == "NdArrayNode") return numpy(node, path, depth);
    if (loader == "TreeNode" || loader == "LossNode") return reduced(node, path, depth);
    if (loader == "ObjectNode" || loader == "_DictWithDeprecatedKeysNode") return instance(node, path, depth);
    if (const auto* content = node.find("content"); loader == "DefaultDictNode" && content != nullptr && content->find("main") != nullptr) return convert(*content->find("main"), path, depth + 1);
    if (loader == "DictNode" || loader == "DefaultDictNode" || loader == "OrderedDictNode") return dict(node, path, depth);
    if (loader == "ListNode") return sequence(Kind::list, node, path, depth);
    if (loader == "TupleNode") return sequence(Kind::tuple, node, path, depth);
    if (loader == "SetNode") return sequence(Kind::set, node, path, depth);
    if (loader == "SliceNode") return slice(node, path);
    if (loader == "DTypeNode") return dtype(node, path, depth);
    if (loader == "BytesNode" || loader == "BytearrayNode") return bytes(node, path);
    if (loader == "SparseMatrixNode") return sparse(node, path);
    if (std::ranges::find(kOpaque, loader) != std::end(kOpaque)) return opaque(node, path);
    return fail(path, "the loader " + printable(loader, 60) + " is not known", ParseCode::unsupported);
  }

  expected<Value, SkopsError> content_of(const Value& node, Kind kind, const std::string& path) {
    const auto* content = node.find("content");
    if (content == nullptr) return fail(path, "a node of skops without content");
    if (!content->is(kind)) return fail(path, "the content of a node of skops is " + describe(*content));
    return *content;
  }

  /// A plain value, written as JSON inside of a text.
  Made json(const Value& node, const std::string& path) {
    HEADROOM_TRY(content, content_of(node, Kind::text, path));
    const auto bytes = std::as_bytes(std::span(content.text()));
    auto document = read_json(bytes, limits_);
    if (!document) return unexpected(SkopsError{std::move(document.error()), printable(path, 200)});
    const Value value = document->root;
    if (value.is(Kind::text)) return text(std::string(value.text()), path);
    if (value.node() != nullptr) return fail(path, "a JsonNode holds " + describe(value) + ", not a plain value");
    return value;
  }

  Made named(const Value& node, const std::string& path) {
    // Before 0.7 the name of a function stood in its content.
    const auto* content = node.find("content");
    const auto* function = content == nullptr ? nullptr : content->find("function");
    const auto* module = content == nullptr ? nullptr : content->find("module_path");
    if (function != nullptr && module != nullptr && function->is(Kind::text) && module->is(Kind::text) && function->text().size() + module->text().size() <= limits_.max_name) {
      return global(full_name(std::string(module->text()), function->text()), path);
    }
    HEADROOM_TRY(name, class_of(node, path));
    return global(std::move(name), path);
  }

  Made opaque(const Value& node, const std::string& path) {
    HEADROOM_TRY(callee, named(node, path));
    HEADROOM_TRY(args, container(Kind::tuple, {}, path));
    return object(Kind::call, callee, args, Value(), path);
  }

  Made instance(const Value& node, const std::string& path, std::size_t depth) {
    HEADROOM_TRY(callee, named(node, path));
    HEADROOM_TRY(args, container(Kind::tuple, {}, path));
    const auto* content = node.find("content");
    if (content == nullptr) return fail(path, "an object of skops without content");
    HEADROOM_TRY(state, convert(*content, path, depth + 1));
    return object(Kind::object, callee, args, state, path);
  }

  /// What a pickle writes as a call and its state.
  Made reduced(const Value& node, const std::string& path, std::size_t depth) {
    HEADROOM_TRY(made, instance(node, path, depth));
    const auto* reduce = node.find("__reduce__");
    const auto* args = reduce == nullptr ? nullptr : reduce->find("args");
    if (args == nullptr) return fail(path, "an object of skops without the arguments of its constructor (__reduce__)");
    HEADROOM_TRY(converted, convert(*args, path + ".__reduce__", depth + 1));
    made.node()->kind = Kind::call;
    made.node()->items[1] = converted;
    return made;
  }

  Made sequence(Kind kind, const Value& node, const std::string& path, std::size_t depth) {
    const auto* content = node.find("content");
    if (content == nullptr || !content->is(Kind::list)) return fail(path, "the content of a list of skops is no list");
    std::vector<Value> items;
    for (std::size_t i = 0; i < content->items().size(); ++i) {
      HEADROOM_TRY(item, convert(content->items()[i], path + "[" + std::to_string(i) + "]", depth + 1));
      items.push_back(item);
    }
    return container(kind, std::move(items), path);
  }

  /// JSON's keys are texts; key_types says what they were.
  Made key_of(std::string_view written, const Value& type, const std::string& path) {
    const auto* name = type.find("__class__");
    const auto kind = name != nullptr ? name->text() : std::string_view("str");
    if (kind == "str" || kind == "str_") return text(std::string(written), path);
    if (kind == "bool" || kind == "bool_") return Value(written == "true" || written == "True");
    if (kind == "NoneType") return Value();
    auto number = read_json(std::as_bytes(std::span(written)), limits_);
    if (!number || number->root.node() != nullptr) return fail(path, "a key of a dict is no " + printable(kind, 40));
    return number->root;
  }

  Made dict(const Value& node, const std::string& path, std::size_t depth) {
    HEADROOM_TRY(content, content_of(node, Kind::dict, path));
    const auto* types = node.find("key_types");
    const auto* type_list = types == nullptr ? nullptr : types->find("content");
    const auto pairs = content.items();
    std::vector<Value> items;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const Value type = type_list != nullptr && i / 2 < type_list->items().size() ? type_list->items()[i / 2] : Value();
      HEADROOM_TRY(key, key_of(pairs[i].text(), type, path));
      HEADROOM_TRY(value, convert(pairs[i + 1], path + "." + printable(pairs[i].text(), 60), depth + 1));
      items.push_back(key);
      items.push_back(value);
    }
    return container(Kind::dict, std::move(items), path);
  }

  Made slice(const Value& node, const std::string& path) {
    HEADROOM_TRY(content, content_of(node, Kind::dict, path));
    return slice_of(content, path);
  }

  expected<NdArray, SkopsError> npy_member(const Value& node, const std::string& path) {
    const auto* file = node.find("file");
    if (file == nullptr || !file->is(Kind::text)) return fail(path, "an array of skops without the name of its file");
    HEADROOM_TRY(bytes, member(file->text(), path));
    auto content = read_npy(bytes, limits_);
    if (!content) return unexpected(SkopsError{std::move(content.error()), printable(path, 160) + " (" + printable(file->text(), 40) + ")"});
    return std::move(*content);
  }

  Made numpy(const Value& node, const std::string& path, std::size_t depth) {
    const auto* type = node.find("type");
    if (type == nullptr || !type->is(Kind::text)) return fail(path, "an array of skops without its type");
    if (type->text() == "json") return objects(node, path, depth);
    if (type->text() != "numpy") return fail(path, "an array of skops of the type " + printable(type->text(), 40), ParseCode::unsupported);
    HEADROOM_TRY(content, npy_member(node, path));
    HEADROOM_TRY(name, class_of(node, path));
    // A numpy scalar is written as an array of no dimensions.
    if (name == "numpy.ndarray" || !content.shape.empty() || content.count() != 1) return array(std::move(content), path);
    const std::byte* data = content.element(0);
    if (content.dtype.kind == 'b') return Value(read_int(content.dtype, data) != 0);
    if (content.dtype.kind == 'i' || content.dtype.kind == 'u') return Value(read_int(content.dtype, data));
    if (content.dtype.is_numeric()) return Value(read_double(content.dtype, data));
    if (content.dtype.kind == 'U') return text(read_text(content.dtype, data), path);
    return array(std::move(content), path);
  }

  /// An array of Python objects: its elements as lists in lists, and a tuple for its shape.
  Made objects(const Value& node, const std::string& path, std::size_t depth) {
    const auto* shape_node = node.find("shape");
    if (shape_node == nullptr) return fail(path, "an array of objects without a shape");
    HEADROOM_TRY(shape, convert(*shape_node, path + ".shape", depth + 1));
    HEADROOM_TRY(items, sequence(Kind::list, node, path, depth));
    return object_array(shape, items, limits_, path);
  }

  Made dtype(const Value& node, const std::string& path, std::size_t depth) {
    const auto* content = node.find("content");
    if (content == nullptr) return fail(path, "a dtype of skops without content");
    HEADROOM_TRY(like, convert(*content, path, depth + 1));
    if (like.array() == nullptr) return fail(path, "a dtype of skops that is no array");
    HEADROOM_TRY(made, make(Kind::dtype, path));
    made->array = std::make_unique<NdArray>();
    made->array->dtype = like.array()->dtype;
    return Value(made);
  }

  Made bytes(const Value& node, const std::string& path) {
    const auto* file = node.find("file");
    if (file == nullptr || !file->is(Kind::text)) return fail(path, "bytes of skops without the name of their file");
    HEADROOM_TRY(content, member(file->text(), path));
    HEADROOM_TRY(made, make(Kind::bytes, path));
    made->text = {reinterpret_cast<const char*>(content.data()), content.size()};
    return Value(made);
  }

  /// scipy.sparse.save_npz: a zip archive of the matrix's arrays. They become its state.
  Made sparse(const Value& node, const std::string& path) {
    const auto* file = node.find("file");
    if (file == nullptr || !file->is(Kind::text)) return fail(path, "a sparse matrix of skops without the name of its file");
    HEADROOM_TRY(content, member(file->text(), path));
    auto inner = Zip::open(content, limits_);
    if (!inner) return unexpected(SkopsError{std::move(inner.error()), printable(path, 200)});
    held_->inner.push_back(std::make_unique<Zip>(std::move(*inner)));
    HEADROOM_TRY(dict, sparse_state(*held_->inner.back(), limits_, path));
    HEADROOM_TRY(callee, named(node, path));
    HEADROOM_TRY(args, container(Kind::tuple, {}, path));
    return object(Kind::object, callee, args, dict, path);
  }

  std::span<const std::byte> file_;
  const Limits& limits_;
  std::shared_ptr<Held> held_;
  std::unordered_map<std::int64_t, Value> made_;   // by __id__
  std::unordered_set<std::int64_t> open_;          // being made
};
}  // namespace

expected<Graph, SkopsError> read_skops(std::span<const std::byte> file, const Limits& limits) { return SkopsReader(file, limits).read(); }
}  // namespace headroom::formats
