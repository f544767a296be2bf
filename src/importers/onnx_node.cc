#include "importers/onnx_node.h"

#include <algorithm>

namespace headroom::importers {
namespace {
enum Type : std::int64_t { kReal = 1, kWhole = 2, kText = 3, kTensor = 4, kReals = 6, kWholes = 7, kTexts = 8 };
}  // namespace

OnnxNodeReader::OnnxNodeReader(const formats::OnnxNode& node, std::string path, std::int64_t opset, std::vector<OnnxInput> inputs)
    : node_(node), path_(std::move(path)), opset_(opset), inputs_(std::move(inputs)) {}

std::string OnnxNodeReader::place(std::string_view attribute) const {
  std::string out = path_ + " (" + formats::printable(node_.op);
  if (!node_.name.empty()) out += " " + formats::printable(node_.name, 40);
  out += ")";
  return attribute.empty() ? out : out + "." + formats::printable(attribute);
}

tl::unexpected<ImportError> OnnxNodeReader::refuse(std::string what, std::string_view attribute) const {
  return unexpected(ImportError{std::move(what), place(attribute), node_.offset});
}

Read<bool> OnnxNodeReader::only(std::initializer_list<std::string_view> names) const {
  for (const auto& attribute : node_.attributes) {
    if (std::find(names.begin(), names.end(), attribute.name) == names.end()) return refuse("the attribute is not known", attribute.name);
  }
  return true;
}

const formats::OnnxAttribute* OnnxNodeReader::find(std::string_view name) const {
  const auto found = std::find_if(node_.attributes.begin(), node_.attributes.end(), [&](const auto& one) { return one.name == name; });
  return found == node_.attributes.end() ? nullptr : &*found;
}

Read<const formats::OnnxAttribute*> OnnxNodeReader::typed(std::string_view name, std::int64_t type, std::string_view type_name) const {
  const auto* found = find(name);
  if (found != nullptr && found->type != 0 && found->type != type) return refuse("the attribute is no " + std::string(type_name), name);
  return found;
}

Read<std::int64_t> OnnxNodeReader::whole(std::string_view name, std::int64_t otherwise) const {
  HEADROOM_TRY(found, typed(name, kWhole, "integer"));
  return found == nullptr ? otherwise : found->whole.value_or(0);
}

Read<float> OnnxNodeReader::real(std::string_view name, float otherwise) const {
  HEADROOM_TRY(found, typed(name, kReal, "number"));
  return found == nullptr ? otherwise : found->real.value_or(0);
}

Read<std::string_view> OnnxNodeReader::text(std::string_view name, std::string_view otherwise) const {
  HEADROOM_TRY(found, typed(name, kText, "text"));
  return found == nullptr ? otherwise : found->text.value_or(std::string_view());
}

Read<std::vector<std::int64_t>> OnnxNodeReader::wholes(std::string_view name) const {
  HEADROOM_TRY(found, typed(name, kWholes, "list of integers"));
  return found == nullptr ? std::vector<std::int64_t>() : found->wholes;
}

Read<std::vector<float>> OnnxNodeReader::reals(std::string_view name) const {
  HEADROOM_TRY(found, typed(name, kReals, "list of numbers"));
  return found == nullptr ? std::vector<float>() : found->reals;
}

Read<std::vector<std::string>> OnnxNodeReader::texts(std::string_view name) const {
  HEADROOM_TRY(found, typed(name, kTexts, "list of texts"));
  if (found == nullptr) return std::vector<std::string>();
  return std::vector<std::string>(found->texts.begin(), found->texts.end());
}

Read<std::optional<model::Shape>> OnnxNodeReader::maybe_wholes(std::string_view name) const {
  HEADROOM_TRY(found, typed(name, kWholes, "list of integers"));
  std::optional<model::Shape> out;
  if (found != nullptr) out = found->wholes;
  return out;
}

Read<const formats::OnnxTensor*> OnnxNodeReader::tensor(std::string_view name) const {
  HEADROOM_TRY(found, typed(name, kTensor, "tensor"));
  if (found == nullptr) return nullptr;
  if (found->tensor == nullptr) return refuse("the tensor is missing", name);
  return found->tensor.get();
}

Read<std::vector<double>> OnnxNodeReader::numbers(std::string_view name) const {
  HEADROOM_TRY(list, reals(name));
  const std::string other = std::string(name) + "_as_tensor";
  HEADROOM_TRY(values, tensor(other));
  if (values == nullptr) return std::vector<double>(list.begin(), list.end());
  if (!list.empty()) return refuse("the numbers stand there twice", other);
  if (values->type == formats::OnnxType::f32) return std::vector<double>(values->f32.begin(), values->f32.end());
  if (values->type == formats::OnnxType::f64) return values->f64;
  return refuse("the tensor holds no floats or doubles", other);
}

Read<model::PostTransform> OnnxNodeReader::post_transform() const {
  HEADROOM_TRY(name, text("post_transform", "NONE"));
  using enum model::PostTransform;
  if (name == "NONE") return none;
  if (name == "SOFTMAX") return softmax;
  if (name == "LOGISTIC") return logistic;
  if (name == "SOFTMAX_ZERO") return softmax_zero;
  if (name == "PROBIT") return probit;
  return refuse("the post_transform " + formats::printable(name) + " is not known", "post_transform");
}

Read<model::OnnxLabels> OnnxNodeReader::labels(std::string_view texts_name, std::string_view wholes_name) const {
  model::OnnxLabels out;
  HEADROOM_TRY(names, texts(texts_name));
  HEADROOM_TRY(numbers, wholes(wholes_name));
  if (names.empty() && numbers.empty()) return refuse("there are no class labels", wholes_name);
  if (!names.empty() && !numbers.empty()) return refuse("there are two kinds of class labels", texts_name);
  out.texts = std::move(names);
  out.whole = std::move(numbers);
  return out;
}

std::optional<model::Element> element_of(formats::OnnxType type) {
  switch (type) {
    case formats::OnnxType::f32: return model::Element::f32;
    case formats::OnnxType::f64: return model::Element::f64;
    case formats::OnnxType::i64: return model::Element::i64;
    case formats::OnnxType::i32: return model::Element::i32;
    case formats::OnnxType::flag: return model::Element::flag;
    case formats::OnnxType::text: return model::Element::text;
    default: return std::nullopt;
  }
}

Read<model::Tensor> constant_of(const formats::OnnxTensor& from, const std::string& path) {
  const auto element = element_of(from.type);
  if (!element) return unexpected(ImportError{std::string("tensors of ") + name_of(from.type) + " are not served", path, 0});
  model::Tensor out;
  out.element = *element;
  out.shape = from.shape;
  out.f32 = from.f32;
  out.f64 = from.f64;
  switch (*element) {
    case model::Element::i64: out.i64 = from.whole; break;
    case model::Element::i32:
      for (const auto value : from.whole) out.i32.push_back(static_cast<std::int32_t>(value));
      break;
    case model::Element::flag:
      for (const auto value : from.whole) out.flag.push_back(value != 0);
      break;
    case model::Element::text:
      out.made.assign(from.texts.begin(), from.texts.end());
      out.text.assign(out.made.begin(), out.made.end());
      break;
    default: break;
  }
  return out;
}
}  // namespace headroom::importers
