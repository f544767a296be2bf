// The table of commands; each stands in a file of its own name.
#pragma once
#include "cli/command.h"

namespace headroom::cli {
Action add_analyze(CLI::App& command);
Action add_experiment(CLI::App& command);
Action add_inspect(CLI::App& command);
Action add_load(CLI::App& command);
Action add_predict(CLI::App& command);
Action add_scale(CLI::App& command);
Action add_serve(CLI::App& command);

inline constexpr Command kCommands[] = {
    {"experiment", "Serve, scale, load step by step, record and explain, from one file", add_experiment},
    {"serve", "Serve a trained model over HTTP", add_serve},
    {"load", "Load a server as its users would, and say if the figures can be believed", add_load},
    {"scale", "Run local replicas behind one port, scaled as the Kubernetes HPA would decide", add_scale},
    {"analyze", "From a recorded run to the bottleneck, its evidence and what a fix would bring", add_analyze},
    {"predict", "Answers of a model for a file of rows, equal to the origin library's", add_predict},
    {"inspect", "What is in a model file, without running it, and if it can be served", add_inspect},
};
}  // namespace headroom::cli
