// The paths that a Headroom server answers: serve routes by them, check knows from them which probes and targets make sense.
#pragma once
#include <array>
#include <string_view>

namespace headroom::http::paths {
inline constexpr std::string_view kPredict = "/predict";
inline constexpr std::string_view kHealth = "/health";
inline constexpr std::string_view kLive = "/livez";
inline constexpr std::string_view kReady = "/readyz";
inline constexpr std::string_view kMetrics = "/metrics";
inline constexpr std::string_view kDocs = "/docs";
inline constexpr std::string_view kOpenApi = "/openapi.json";
inline constexpr std::string_view kRoot = "/";
inline constexpr std::string_view kInfer = "/v2";   // the Open Inference Protocol: this and what is below

inline constexpr std::array kAll{kPredict, kHealth, kLive, kReady, kMetrics, kDocs, kOpenApi, kRoot};
}  // namespace headroom::http::paths
