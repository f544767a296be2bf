#include <limits>
#include <set>

#include "manifest/kinds.h"

namespace headroom::manifest {
namespace {
constexpr std::int64_t kMostInt = std::numeric_limits<std::int32_t>::max();

std::map<std::string, hpa::Quantity> quantities(const Cursor& list) {
  std::map<std::string, hpa::Quantity> all;
  for (const auto& [resource, value] : list.fields()) all[resource] = value.quantity();
  return all;
}

Resources read_resources(const Cursor& resources) {
  resources.only({"requests", "limits", "claims"});
  Resources read;
  if (const auto limits = resources.find("limits")) read.limits = quantities(*limits);
  if (const auto requests = resources.find("requests")) read.requests = quantities(*requests);
  for (const auto& [resource, limit] : read.limits) {
    const auto request = read.requests.find(resource);
    if (request != read.requests.end() && limit.less_than(request->second)) {
      resources.need("requests").need(resource).refuse("the request " + request->second.text() + " is above the limit " + limit.text());
    }
  }
  for (const auto& [resource, limit] : read.limits) read.requests.emplace(resource, limit);  // API defaulting
  return read;
}

Probe read_probe(const Cursor& probe, bool readiness) {
  probe.only({"httpGet", "tcpSocket", "exec", "grpc", "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold",
              "failureThreshold", "terminationGracePeriodSeconds"});
  Probe read;
  read.line = probe.line();
  int handlers = 0;
  for (const char* handler : {"httpGet", "tcpSocket", "exec", "grpc"}) handlers += probe.find(handler) ? 1 : 0;
  if (handlers != 1) probe.refuse("must have exactly one of httpGet, tcpSocket, exec, grpc");
  if (const auto get = probe.find("httpGet")) {
    get->only({"path", "port", "host", "scheme", "httpHeaders"});
    read.path = get->find("path") ? get->need("path").text() : "/";
    read.port = get->need("port").port_or_name();
    if (const auto scheme = get->find("scheme")) (void)scheme->word({"HTTP", "HTTPS"});
  }
  const auto number = [&](const char* key, int& value, std::int64_t least) {
    if (const auto field = probe.find(key)) value = field->integer(least, kMostInt);
  };
  number("initialDelaySeconds", read.initial_delay_s, 0);
  number("periodSeconds", read.period_s, 1);
  number("timeoutSeconds", read.timeout_s, 1);
  number("successThreshold", read.success_threshold, 1);
  number("failureThreshold", read.failure_threshold, 1);
  if (!readiness && read.success_threshold != 1) probe.need("successThreshold").refuse("must be 1 for liveness and startup probes");
  return read;
}

void read_ports(const Cursor& container, Container& read) {
  const auto ports = container.find("ports");
  if (!ports) return;
  for (const auto& port : ports->items()) {
    port.only({"containerPort", "name", "protocol", "hostPort", "hostIP"});
    read.ports.push_back(port.need("containerPort").port());
    if (const auto protocol = port.find("protocol")) (void)protocol->word({"TCP", "UDP", "SCTP"});
  }
}

Container read_container(const Cursor& container) {
  container.only({"name", "image", "command", "args", "workingDir", "ports", "env", "envFrom", "resources", "resizePolicy", "restartPolicy",
                  "restartPolicyRules", "volumeMounts", "volumeDevices", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
                  "terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "securityContext", "stdin", "stdinOnce", "tty"});
  Container read;
  read.line = container.line();
  read.name = container.need("name").name(true);
  read.image = container.need("image").text();
  read_ports(container, read);
  if (const auto resources = container.find("resources")) read.resources = read_resources(*resources);
  if (const auto probe = container.find("livenessProbe")) read.liveness = read_probe(*probe, false);
  if (const auto probe = container.find("readinessProbe")) read.readiness = read_probe(*probe, true);
  if (const auto probe = container.find("startupProbe")) read.startup = read_probe(*probe, false);
  if (const auto lifecycle = container.find("lifecycle")) {
    lifecycle->only({"preStop", "postStart", "stopSignal"});
    const auto stop = lifecycle->find("preStop");
    if (const auto sleep = stop ? stop->find("sleep") : std::nullopt) {
      sleep->only({"seconds"});
      read.pre_stop_sleep_s = sleep->need("seconds").integer(0, kMostInt);
    }
  }
  if (const auto policy = container.find("imagePullPolicy")) (void)policy->word({"Always", "Never", "IfNotPresent"});
  return read;
}

void read_init(const Cursor& list, Deployment& read, std::set<std::string>& names) {
  for (const auto& item : list.items()) {
    Container container = read_container(item);
    if (!names.insert(container.name).second) item.need("name").refuse("two containers are called " + container.name);
    const auto policy = item.find("restartPolicy");
    const bool sidecar = policy && policy->word({"Always", "Never", "OnFailure"}) == "Always";
    (sidecar ? read.sidecars : read.init).push_back(std::move(container));
  }
}

void read_pod(const Cursor& pod, Deployment& read) {
  pod.only({"containers", "initContainers", "ephemeralContainers", "volumes", "restartPolicy", "terminationGracePeriodSeconds",
            "activeDeadlineSeconds", "dnsPolicy", "dnsConfig", "nodeSelector", "serviceAccountName", "serviceAccount",
            "automountServiceAccountToken", "nodeName", "hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace",
            "securityContext", "imagePullSecrets", "hostname", "subdomain", "affinity", "schedulerName", "tolerations", "hostAliases",
            "priorityClassName", "priority", "preemptionPolicy", "readinessGates", "runtimeClassName", "enableServiceLinks", "overhead",
            "topologySpreadConstraints", "setHostnameAsFQDN", "os", "schedulingGates", "resourceClaims", "resources",
            "hostnameOverride", "workloadRef"});
  const Cursor list = pod.need("containers");
  std::set<std::string> names;
  for (const auto& item : list.items()) {
    read.containers.push_back(read_container(item));
    if (!names.insert(read.containers.back().name).second) item.need("name").refuse("two containers have this name");
  }
  if (read.containers.empty()) list.refuse("containers: at least one is needed");
  if (const auto init = pod.find("initContainers")) read_init(*init, read, names);
  if (const auto grace = pod.find("terminationGracePeriodSeconds")) read.grace_period_s = grace->integer(0, kMostInt);
  if (const auto policy = pod.find("restartPolicy")) (void)policy->word({"Always"});
}
}  // namespace

Deployment read_deployment(const Cursor& document) {
  document.only({"apiVersion", "kind", "metadata", "spec", "status"});
  Deployment read;
  read.file = document.file();
  read.line = document.line();
  const Metadata metadata = read_metadata(document);
  read.name = metadata.name;
  read.name_space = metadata.name_space;
  const Cursor spec = document.need("spec");
  spec.only({"replicas", "selector", "template", "strategy", "minReadySeconds", "revisionHistoryLimit", "paused", "progressDeadlineSeconds"});
  if (const auto replicas = spec.find("replicas")) read.replicas = replicas->integer(0, kMostInt);
  const Cursor selector = spec.need("selector");
  selector.only({"matchLabels", "matchExpressions"});
  if (const auto labels = selector.find("matchLabels")) read.match_labels = labels->texts();
  if (read.match_labels.empty() && !selector.find("matchExpressions")) selector.refuse("selects nothing: matchLabels or matchExpressions is required");
  const Cursor pod_template = spec.need("template");
  pod_template.only({"metadata", "spec"});
  if (const auto meta = pod_template.find("metadata")) {
    if (const auto labels = meta->find("labels")) read.pod_labels = labels->texts();
  }
  for (const auto& [key, value] : read.match_labels) {
    const auto label = read.pod_labels.find(key);
    if (label == read.pod_labels.end() || label->second != value) {
      selector.refuse("does not match the labels of spec.template: " + key + "=" + value + " is not among them");
    }
  }
  read_pod(pod_template.need("spec"), read);
  return read;
}
}  // namespace headroom::manifest
