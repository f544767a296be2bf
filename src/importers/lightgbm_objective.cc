// LightGBM's objectives as its model text names them: ToString and ConvertOutput of src/objective/*_objective.hpp.
#include <charconv>
#include <cmath>

#include "formats/error.h"
#include "importers/lightgbm.h"

namespace headroom::importers {
using model::Answer;
using model::Choice;
using model::Link;
using model::ScoreLink;

namespace {
struct Row {
  std::string_view name;
  Link link;
  Answer answer;
};
constexpr Row kObjectives[] = {
    {"binary", Link::logistic, Answer::two_classes},
    {"multiclass", Link::softmax, Answer::classes},
    {"multiclassova", Link::logistic, Answer::classes},
    {"regression", Link::none, Answer::values},
    {"regression_l1", Link::none, Answer::values},
    {"huber", Link::none, Answer::values},
    {"fair", Link::none, Answer::values},
    {"quantile", Link::none, Answer::values},
    {"mape", Link::none, Answer::values},
    {"poisson", Link::exponential, Answer::values},
    {"gamma", Link::exponential, Answer::values},
    {"tweedie", Link::exponential, Answer::values},
    {"cross_entropy", Link::logistic, Answer::values},
    {"cross_entropy_lambda", Link::log1p_exp, Answer::values},
    {"lambdarank", Link::none, Answer::values},
    {"rank_xendcg", Link::none, Answer::values},
};

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}
}  // namespace

Read<ScoreLink> lightgbm_objective(std::string_view objective, LightgbmRole role, const Place& place) {
  ScoreLink link;
  link.sequential_sum = true;
  link.choice = Choice::largest_probability;
  auto rest = objective;
  const auto name = next_word(rest);
  const Row* row = nullptr;
  for (const auto& known : kObjectives) {
    if (known.name == name) row = &known;
  }
  if (row == nullptr) return place.refuse("the objective '" + formats::printable(objective, 60) + "' is not known");
  link.link = row->link;
  if (role != LightgbmRole::regressor) link.answer = row->answer;
  if (role == LightgbmRole::classifier && name.starts_with("cross_entropy")) link.answer = Answer::two_classes;
  if (role == LightgbmRole::classifier && link.answer == Answer::values) return place.refuse("a classifier with the objective " + std::string(name));
  while (!rest.empty()) {
    const auto word = next_word(rest);
    if (word == "sqrt" && row->link == Link::none) link.link = Link::signed_square;
    if (!word.starts_with("sigmoid:")) continue;
    const auto [end, error] = std::from_chars(word.data() + 8, word.data() + word.size(), link.slope);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(link.slope)) return place.refuse("the objective's sigmoid is no number");
  }
  return link;
}
}  // namespace headroom::importers
