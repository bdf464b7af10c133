/**
 * Every latency, service time and period of the cluster, with its source. Microseconds.
 * None is fitted to one scenario.
 */
const ms = 1000;
const s = 1000 * ms;

export const timing = {
  /** One way between two processes: on one machine (control plane), between machines of one rack, inside a node. */
  network: {
    controlPlane: { base: 150, jitter: 150 },
    toNode: { base: 300, jitter: 300 },
    insideNode: { base: 80, jitter: 80 },
    user: { base: 500, jitter: 500 },
  },
  /** etcd's answer to a write waits for the log to reach the disk (fsync of an SSD); reads come from memory. */
  etcd: { write: 1500, read: 200 },
  /** kube-apiserver's own work on a request, beside etcd's (the recorded servers, 2 starved cores, took several times as long). */
  apiserver: { read: 400, write: 800 },
  /** From Enter to kubectl's first request: starting the binary, reading the configuration; then what it takes between two objects of one file. */
  kubectl: { start: 60 * ms, jitter: 40 * ms, nextObject: 8 * ms },
  /** The container runtime under the recorded clusters: golden/README.md "The runtime under the real kubelets". */
  containerRuntime: {
    runPodSandbox: 200 * ms,
    createContainer: 40 * ms,
    startContainer: 60 * ms,
    pullImage: 1 * s,
    pullPresentImage: 300 * ms,
    pullFails: 300 * ms,
    /** A server ends so long after SIGTERM (at most 0.1 s). */
    serverShutdown: 40 * ms,
    /** A server listens so long after its start. */
    serverListens: 300 * ms,
    /** Any call that only reads or changes tables. */
    lookup: 1 * ms,
  },
  /** Upstream: pkg/kubelet. */
  kubelet: {
    qps: 50,
    burst: 100,
    /** pleg genericPlegRelistPeriod. */
    relist: 1 * s,
    /** Kubelet.syncLoop syncTicker. */
    syncTicker: 1 * s,
    /** housekeepingPeriod. */
    housekeeping: 2 * s,
    /** status manager syncPeriod. */
    statusSync: 10 * s,
    /** pod worker backOffPeriod and its jitter factor 0.5. */
    podWorkerBackoff: 10 * s,
    /** maximum delay of a resync. */
    resyncInterval: 60 * s,
    /** volumemanager podAttachAndMountRetryInterval; a pod's volumes are looked at at once and then this often. */
    volumePoll: 300 * ms,
    /** volumemanager podAttachAndMountTimeout. */
    volumeTimeout: 123 * s,
    /** reconciler and desired state populator loop. */
    volumeLoop: 100 * ms,
    /** volume operation backoff: first and longest. */
    mountBackoff: 500 * ms,
    mountBackoffMax: 122 * s,
    /** MaxCrashLoopBackOff, initialBackOff; image pulls the same. */
    containerBackoff: 10 * s,
    containerBackoffMax: 300 * s,
    leaseDurationSeconds: 40,
    leaseRenew: 10 * s,
    nodeStatusUpdate: 10 * s,
    nodeStatusReport: 300 * s,
    /** From the start of the process to registration (recorded clusters, 20:59:52). */
    registration: 100 * ms,
    /** Work of one pod sync, one status sync, one relist beside the calls they make. */
    podSync: 1 * ms,
    statusSyncPod: 500,
    relistWork: 2 * ms,
  },
} as const;

/**
 * The work of one controller sync beside the requests it makes: reading caches, comparing, building objects. Upstream's own
 * syncs without a write take a few tenths of a millisecond (controller logs "Finished syncing … duration"); those that touch
 * many objects take longer.
 */
export const serviceTime = {
  deployment: 300,
  replicaset: 300,
  replicationcontroller: 300,
  endpoint: 200,
  // Hashes every endpoint and port map.
  endpointslice: 700,
  endpointslicemirroring: 300,
  serviceaccount: 100,
  rootcacertpublisher: 100,
  namespace: 500,
  garbagecollector: 200,
  nodelifecycle: 200,
  nodeipam: 200,
  tainteviction: 100,
  podgc: 200,
  resourcequota: 500,
  job: 300,
  cronjob: 300,
  daemonset: 400,
  statefulset: 300,
  ttl: 100,
  ttlafterfinished: 100,
  disruption: 300,
  horizontalpodautoscaler: 300,
  clusterroleaggregation: 200,
  servicecidr: 200,
} as const;
