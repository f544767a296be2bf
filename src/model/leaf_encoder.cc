#include "model/leaf_encoder.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
void LeafEncoder::Builder::add(const TreeSpec& tree) {
  const auto first = static_cast<std::int32_t>(nodes_.size());
  roots_.push_back(first);
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    Node node;
    if (tree.left[i] < 0) {
      node.right = static_cast<std::int32_t>(leaves_++);
    } else {
      node = {lower_threshold(tree.threshold[i]), static_cast<std::uint32_t>(tree.feature[i]), first + tree.left[i], first + tree.right[i], !tree.missing_left.empty() && tree.missing_left[i] != 0};
    }
    nodes_.push_back(node);
  }
}

std::shared_ptr<LeafEncoder> LeafEncoder::Builder::build(std::size_t n_features, Nan nan) {
  return std::shared_ptr<LeafEncoder>(new LeafEncoder(n_features, leaves_, nan, std::move(nodes_), std::move(roots_)));
}

LeafEncoder::LeafEncoder(std::size_t n_features, std::size_t leaves, Nan nan, std::vector<Node> nodes, std::vector<std::int32_t> roots)
    : RowTransform(n_features, leaves, nan), nodes_(std::move(nodes)), roots_(std::move(roots)), nan_(nan) {
  edit_info().bytes = nodes_.size() * sizeof(Node) + roots_.size() * sizeof(std::int32_t);
}

expected<void, RowError> LeafEncoder::validate(const Rows& rows) const { return check_rows(rows, info(), nan_, Width::f32); }

void LeafEncoder::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  std::fill_n(out, info().n_outputs, 0.0);
  for (const std::int32_t root : roots_) {
    const Node* node = &nodes_[static_cast<std::size_t>(root)];
    while (node->left >= 0) {
      const float value = static_cast<float>(in[node->feature]);
      const bool goes_left = std::isnan(value) ? node->missing_left : value <= node->threshold;
      node = &nodes_[static_cast<std::size_t>(goes_left ? node->left : node->right)];
    }
    out[node->right] = 1;
  }
}
}  // namespace headroom::model
