// XGBoost's objectives: src/objective/*.cc.
#include "formats/error.h"
#include "importers/xgboost.h"

namespace headroom::importers {
using model::Answer;
using model::Choice;
using model::Link;

namespace {
struct Row {
  std::string_view name;
  Link link;
  BaseScore base;
  bool is_classifier;
};
constexpr Row kObjectives[] = {
    {"binary:logistic", Link::logistic, BaseScore::logit, true},
    {"binary:logitraw", Link::none, BaseScore::as_it_is, true},
    {"binary:hinge", Link::step, BaseScore::as_it_is, true},
    {"multi:softprob", Link::softmax, BaseScore::as_it_is, true},
    {"multi:softmax", Link::softmax, BaseScore::as_it_is, true},
    {"reg:squarederror", Link::none, BaseScore::as_it_is, false},
    {"reg:linear", Link::none, BaseScore::as_it_is, false},
    {"reg:squaredlogerror", Link::none, BaseScore::as_it_is, false},
    {"reg:logistic", Link::logistic, BaseScore::logit, false},
    {"reg:pseudohubererror", Link::none, BaseScore::as_it_is, false},
    {"reg:absoluteerror", Link::none, BaseScore::as_it_is, false},
    {"reg:quantileerror", Link::none, BaseScore::as_it_is, false},
    {"reg:expectileerror", Link::none, BaseScore::as_it_is, false},
    {"reg:gamma", Link::exponential, BaseScore::log, false},
    {"reg:tweedie", Link::exponential, BaseScore::log, false},
    {"count:poisson", Link::exponential, BaseScore::log, false},
    {"survival:cox", Link::exponential, BaseScore::log, false},
    {"survival:aft", Link::exponential, BaseScore::log, false},
    {"rank:pairwise", Link::none, BaseScore::as_it_is, false},
    {"rank:ndcg", Link::none, BaseScore::as_it_is, false},
    {"rank:map", Link::none, BaseScore::as_it_is, false},
};
}  // namespace

Read<Objective> xgboost_objective(const Place& name, XgboostRole role, std::size_t targets) {
  HEADROOM_TRY(text, name.text());
  for (const auto& row : kObjectives) {
    if (row.name != text) continue;
    Objective found;
    found.base = row.base;
    found.link.link = row.link;
    found.link.sequential_sum = true;
    const bool is_softmax = text == "multi:softmax";
    const bool is_multi = row.link == Link::softmax;
    if (role == XgboostRole::regressor && is_softmax) return name.refuse("a regressor with the objective multi:softmax");
    const bool is_raw = role == XgboostRole::native && text == "binary:logitraw";
    if (role == XgboostRole::regressor || is_raw || (role == XgboostRole::native && !row.is_classifier)) return found;
    found.link.answer = is_multi ? Answer::classes : targets > 1 ? Answer::labels : Answer::two_classes;
    found.link.choice = is_softmax ? Choice::largest_score : is_multi ? Choice::largest_probability : Choice::above_half;
    found.link.has_proba = role == XgboostRole::classifier || row.link == Link::logistic || is_multi;
    return found;
  }
  return name.refuse("the objective " + formats::printable(text, 60) + " is not known");
}
}  // namespace headroom::importers
