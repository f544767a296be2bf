#include "formats/onnx.h"

#include "formats/onnx_tensor.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMaxDepth = 4;      // graphs inside of nodes
constexpr std::size_t kMaxAttributes = 100;

tl::unexpected<OnnxError> refuse(const ProtobufReader& reader, std::string path, std::string what, ParseCode code = ParseCode::unsupported) {
  return unexpected(OnnxError{ParseError{code, reader.offset(), std::move(what)}, std::move(path)});
}

std::string indexed(const std::string& path, const char* part, std::size_t index) { return path + "." + part + "[" + std::to_string(index) + "]"; }

class Reader {
 public:
  explicit Reader(std::uint64_t budget) : budget_(budget) {}

  OnnxRead<OnnxModel> model(ProtobufReader reader) {
    OnnxModel model;
    bool has_graph = false;
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), "model"));
      if (!more) break;
      switch (reader.field()) {
        case 1: HEADROOM_TRY_VOID(whole(reader, model.ir_version, "model.ir_version")); break;
        case 2: HEADROOM_TRY_VOID(text(reader, model.producer, "model.producer_name")); break;
        case 3: HEADROOM_TRY_VOID(text(reader, model.producer_version, "model.producer_version")); break;
        case 7: {
          if (has_graph) return refuse(reader, "model.graph", "there are two graphs", ParseCode::malformed);
          HEADROOM_TRY(inner, at_path(reader.message(), "model.graph"));
          HEADROOM_TRY(read, graph(inner, "graph", 0));
          model.graph = std::move(read);
          has_graph = true;
          break;
        }
        case 8: HEADROOM_TRY_VOID(opset(reader, model)); break;
        case 25: return refuse(reader, "model.functions", "functions of its own are not served");
        default: HEADROOM_TRY_VOID(at_path(reader.skip(), "model"));
      }
    }
    if (!has_graph) return refuse(reader, "model.graph", "there is no graph", ParseCode::malformed);
    return model;
  }

 private:
  static OnnxRead<bool> whole(ProtobufReader& reader, std::int64_t& out, const std::string& path) {
    HEADROOM_TRY_VOID(at_path(reader.need(Wire::varint), path));
    HEADROOM_TRY(value, at_path(reader.varint(), path));
    out = static_cast<std::int64_t>(value);
    return true;
  }
  static OnnxRead<bool> text(ProtobufReader& reader, std::string_view& out, const std::string& path) {
    HEADROOM_TRY(value, at_path(reader.text(), path));
    if (!is_utf8(value)) return refuse(reader, path, "a text that is no UTF-8", ParseCode::malformed);
    out = value;
    return true;
  }
  OnnxRead<bool> texts(ProtobufReader& reader, std::vector<std::string_view>& out, const std::string& path) {
    HEADROOM_TRY_VOID(charge(reader, sizeof(std::string_view), path));
    out.emplace_back();
    return text(reader, out.back(), path);
  }
  OnnxRead<bool> charge(const ProtobufReader& reader, std::uint64_t bytes, const std::string& path) { return at_path(budget_.charge(bytes, reader.offset()), path); }

  OnnxRead<bool> opset(ProtobufReader& reader, OnnxModel& model) {
    const std::string path = "model.opset_import";
    HEADROOM_TRY(inner, at_path(reader.message(), path));
    std::string_view domain;
    std::int64_t version = 0;
    for (;;) {
      HEADROOM_TRY(more, at_path(inner.next(), path));
      if (!more) break;
      if (inner.field() == 1) {
        HEADROOM_TRY_VOID(text(inner, domain, path));
      } else if (inner.field() == 2) {
        HEADROOM_TRY_VOID(whole(inner, version, path));
      } else {
        HEADROOM_TRY_VOID(at_path(inner.skip(), path));
      }
    }
    HEADROOM_TRY_VOID(charge(reader, 128, path));
    model.opsets[domain == "ai.onnx" ? "" : domain] = version;   // converters write a domain twice; the last one counts
    return true;
  }

  OnnxRead<OnnxGraph> graph(ProtobufReader reader, const std::string& path, std::size_t depth) {
    if (depth > kMaxDepth) return refuse(reader, path.substr(0, 60), "graphs are nested more than " + std::to_string(kMaxDepth) + " deep", ParseCode::over_limit);
    OnnxGraph out;
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), path));
      if (!more) return out;
      switch (reader.field()) {
        case 1: {
          const auto place = indexed(path, "node", out.nodes.size());
          HEADROOM_TRY(inner, at_path(reader.message(), place));
          HEADROOM_TRY_VOID(charge(reader, sizeof(OnnxNode), place));
          HEADROOM_TRY(read, node(inner, place, depth));
          out.nodes.push_back(std::move(read));
          break;
        }
        case 5: {
          const auto place = indexed(path, "initializer", out.constants.size());
          HEADROOM_TRY(inner, at_path(reader.message(), place));
          HEADROOM_TRY_VOID(charge(reader, sizeof(OnnxTensor), place));
          HEADROOM_TRY(read, read_onnx_tensor(inner, budget_, place));
          out.constants.push_back(std::move(read));
          break;
        }
        case 11: HEADROOM_TRY_VOID(value(reader, out.inputs, indexed(path, "input", out.inputs.size()))); break;
        case 12: HEADROOM_TRY_VOID(value(reader, out.outputs, indexed(path, "output", out.outputs.size()))); break;
        case 15: return refuse(reader, path + ".sparse_initializer", "sparse tensors are not served");
        default: HEADROOM_TRY_VOID(at_path(reader.skip(), path));
      }
    }
  }

  OnnxRead<OnnxNode> node(ProtobufReader reader, const std::string& path, std::size_t depth) {
    OnnxNode out;
    out.offset = reader.offset();
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), path));
      if (!more) return out;
      switch (reader.field()) {
        case 1: HEADROOM_TRY_VOID(texts(reader, out.inputs, path + ".input")); break;
        case 2: HEADROOM_TRY_VOID(texts(reader, out.outputs, path + ".output")); break;
        case 3: HEADROOM_TRY_VOID(text(reader, out.name, path + ".name")); break;
        case 4: HEADROOM_TRY_VOID(text(reader, out.op, path + ".op_type")); break;
        case 5: {
          const auto place = indexed(path, "attribute", out.attributes.size());
          if (out.attributes.size() >= kMaxAttributes) return refuse(reader, path, "a node of more than " + std::to_string(kMaxAttributes) + " attributes", ParseCode::over_limit);
          HEADROOM_TRY(inner, at_path(reader.message(), place));
          HEADROOM_TRY_VOID(charge(reader, sizeof(OnnxAttribute), place));
          HEADROOM_TRY(read, attribute(inner, place, depth));
          out.attributes.push_back(std::move(read));
          break;
        }
        case 7: HEADROOM_TRY_VOID(text(reader, out.domain, path + ".domain")); break;
        default: HEADROOM_TRY_VOID(at_path(reader.skip(), path));
      }
    }
  }

  OnnxRead<OnnxAttribute> attribute(ProtobufReader reader, const std::string& path, std::size_t depth) {
    OnnxAttribute out;
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), path));
      if (!more) return out;
      HEADROOM_TRY_VOID(attribute_field(reader, out, path, depth));
    }
  }

  OnnxRead<bool> attribute_field(ProtobufReader& reader, OnnxAttribute& out, const std::string& path, std::size_t depth) {
    switch (reader.field()) {
      case 1: return text(reader, out.name, path + ".name");
      case 2: {
        HEADROOM_TRY_VOID(at_path(reader.need(Wire::fixed32), path));
        HEADROOM_TRY(value, at_path(reader.fixed32(), path));
        out.real = value;
        return true;
      }
      case 3: {
        std::int64_t value = 0;
        HEADROOM_TRY_VOID(whole(reader, value, path));
        out.whole = value;
        return true;
      }
      case 4: {
        std::string_view value;
        HEADROOM_TRY_VOID(text(reader, value, path));
        out.text = value;
        return true;
      }
      case 5: {
        HEADROOM_TRY(inner, at_path(reader.message(), path));
        HEADROOM_TRY(read, read_onnx_tensor(inner, budget_, path + ".t"));
        out.tensor = std::make_unique<OnnxTensor>(std::move(read));
        return true;
      }
      case 6: {
        HEADROOM_TRY(inner, at_path(reader.message(), path));
        HEADROOM_TRY(read, graph(inner, path + ".g", depth + 1));
        out.graph = std::make_unique<OnnxGraph>(std::move(read));
        return true;
      }
      case 7: return at_path(append_f32(reader, budget_, out.reals), path);
      case 8: return at_path(append_whole(reader, budget_, out.wholes), path);
      case 9: return texts(reader, out.texts, path);
      case 10: case 11: return refuse(reader, path, "a list of tensors or graphs is not served");
      case 20: return whole(reader, out.type, path);
      case 21: return refuse(reader, path + ".ref_attr_name", "a reference to a function's attribute is not served");
      case 22: case 23: return refuse(reader, path, "a sparse tensor is not served");
      default: return at_path(reader.skip(), path);
    }
  }

  OnnxRead<bool> value(ProtobufReader& reader, std::vector<OnnxValue>& values, const std::string& path) {
    HEADROOM_TRY_VOID(charge(reader, sizeof(OnnxValue), path));
    HEADROOM_TRY(inner, at_path(reader.message(), path));
    OnnxValue& out = values.emplace_back();
    for (;;) {
      HEADROOM_TRY(more, at_path(inner.next(), path));
      if (!more) return true;
      if (inner.field() == 1) {
        HEADROOM_TRY_VOID(text(inner, out.name, path + ".name"));
      } else if (inner.field() == 2) {
        HEADROOM_TRY(type, at_path(inner.message(), path));
        HEADROOM_TRY_VOID(type_of(type, out, path + ".type"));
      } else {
        HEADROOM_TRY_VOID(at_path(inner.skip(), path));
      }
    }
  }

  OnnxRead<bool> type_of(ProtobufReader reader, OnnxValue& out, const std::string& path) {
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), path));
      if (!more) return true;
      if (reader.field() != 1) {
        HEADROOM_TRY_VOID(at_path(reader.skip(), path));
        continue;
      }
      out.is_tensor = true;
      HEADROOM_TRY(tensor, at_path(reader.message(), path));
      for (;;) {
        HEADROOM_TRY(further, at_path(tensor.next(), path));
        if (!further) break;
        if (tensor.field() == 1) {
          std::int64_t type = 0;
          HEADROOM_TRY_VOID(whole(tensor, type, path));
          out.type = type >= 0 && type < 14 && type != 10 ? static_cast<OnnxType>(type) : OnnxType::none;
        } else if (tensor.field() == 2) {
          HEADROOM_TRY(shape, at_path(tensor.message(), path));
          HEADROOM_TRY_VOID(shape_of(shape, out, path + ".shape"));
        } else {
          HEADROOM_TRY_VOID(at_path(tensor.skip(), path));
        }
      }
    }
  }

  OnnxRead<bool> shape_of(ProtobufReader reader, OnnxValue& out, const std::string& path) {
    auto& shape = out.shape.emplace();
    for (;;) {
      HEADROOM_TRY(more, at_path(reader.next(), path));
      if (!more) return true;
      if (reader.field() != 1) {
        HEADROOM_TRY_VOID(at_path(reader.skip(), path));
        continue;
      }
      HEADROOM_TRY_VOID(charge(reader, sizeof(std::int64_t), path));
      HEADROOM_TRY(dimension, at_path(reader.message(), path));
      std::int64_t size = -1;
      for (;;) {
        HEADROOM_TRY(further, at_path(dimension.next(), path));
        if (!further) break;
        if (dimension.field() == 1) {
          HEADROOM_TRY_VOID(whole(dimension, size, path));
        } else {
          HEADROOM_TRY_VOID(at_path(dimension.skip(), path));
        }
      }
      shape.push_back(size <= 0 ? -1 : size);
    }
  }

  OnnxBudget budget_;
};
}  // namespace

expected<OnnxModel, OnnxError> read_onnx(std::span<const std::byte> file, const Limits& limits) {
  return Reader(limits.graph(file.size())).model(ProtobufReader(file, 0));
}
}  // namespace headroom::formats
