#include "workload/body_template.h"

#include <array>
#include <charconv>
#include <cmath>

namespace headroom::workload {
namespace {
std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}
}  // namespace

void append_number(std::string& out, double value, int decimals) {
  std::array<char, 400> text{};  // the largest double has 309 digits before the point
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals).ptr;
  auto size = static_cast<std::size_t>(end - text.data());
  if (decimals > 0) {
    while (text[size - 1] == '0' && text[size - 2] != '.') --size;
  }
  out.append(text.data(), size);
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

expected<BodyTemplate::Piece, TemplateError> BodyTemplate::placeholder(std::string_view name) const {
  const auto& columns = source_.columns();
  if (name == "row" || name == "row_object" || name.starts_with("row.")) {
    if (columns.empty()) return unexpected(TemplateError{"{{" + std::string(name) + "}} needs 'data:' to say where rows come from (data: iris)"});
    if (name == "row") return Piece{Kind::row, {}, 0};
    if (name == "row_object") return Piece{Kind::row_object, {}, 0};
    const auto column = name.substr(4);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == column || std::to_string(i) == column) return Piece{Kind::cell, {}, i};
    }
    std::string known;
    for (const auto& c : columns) known += (known.empty() ? "" : ", ") + c;
    return unexpected(TemplateError{"{{" + std::string(name) + "}}: the data has no such column; it has " + known});
  }
  return unexpected(TemplateError{"unknown placeholder {{" + std::string(name.substr(0, 40)) +
                                  "}}; known are {{row}}, {{row_object}}, {{row.NAME}} and {{row.0}}"});
}

expected<BodyTemplate, TemplateError> BodyTemplate::compile(std::string_view text, const Data& data) {
  BodyTemplate result(data);
  while (!text.empty()) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) {
      result.pieces_.push_back({Kind::literal, std::string(text), 0});
      break;
    }
    if (open > 0) result.pieces_.push_back({Kind::literal, std::string(text.substr(0, open)), 0});
    HEADROOM_TRY(piece, result.placeholder(trim(text.substr(open + 2, close - open - 2))));
    result.pieces_.push_back(piece);
    result.draws_ = true;
    text.remove_prefix(close + 2);
  }
  return result;
}

void BodyTemplate::render(Rng& rng, std::vector<double>& scratch, std::string& out) const {
  if (draws_) {
    scratch.resize(source_.columns().size());
    source_.draw(rng, scratch);
  }
  const int decimals = source_.decimals();
  for (const auto& piece : pieces_) {
    if (piece.kind == Kind::literal) {
      out += piece.text;
    } else if (piece.kind == Kind::cell) {
      append_number(out, scratch[piece.cell], decimals);
    } else {
      const bool object = piece.kind == Kind::row_object;
      out += object ? '{' : '[';
      for (std::size_t i = 0; i < scratch.size(); ++i) {
        if (i > 0) out += ',';
        if (object) {
          append_json_string(out, source_.columns()[i]);
          out += ':';
        }
        append_number(out, scratch[i], decimals);
      }
      out += object ? '}' : ']';
    }
  }
}
}  // namespace headroom::workload
