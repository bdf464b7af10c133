/**
 * The compression dictionary of link format 1. FROZEN: links made with it must open for ever. A better dictionary is a new
 * format with a file of its own. The most likely texts stand last.
 */
export const DICTIONARY_1 = `
apiVersion: batch/v1
kind: Job
kind: CronJob
schedule: "*/5 * * * *"
jobTemplate:
backoffLimit: 
completions: 
parallelism: 
restartPolicy: OnFailure
restartPolicy: Never
apiVersion: networking.k8s.io/v1
kind: Ingress
kind: NetworkPolicy
podSelector:
policyTypes:
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
scaleTargetRef:
minReplicas: 
maxReplicas: 
averageUtilization: 
apiVersion: policy/v1
kind: PodDisruptionBudget
minAvailable: 
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
kind: ClusterRole
apiGroups: [""]
resources: ["pods"]
verbs: ["get", "list", "watch"]
roleRef:
subjects:
serviceAccountName: 
apiVersion: apps/v1
kind: StatefulSet
serviceName: 
volumeClaimTemplates:
accessModes: ["ReadWriteOnce"]
storage: 1Gi
apiVersion: apps/v1
kind: DaemonSet
apiVersion: v1
kind: Namespace
apiVersion: v1
kind: ConfigMap
data:
apiVersion: v1
kind: Secret
type: Opaque
stringData:
apiVersion: v1
kind: ResourceQuota
hard:
kind: LimitRange
limits:
tolerations:
- key: node.kubernetes.io/unreachable
  operator: Exists
  effect: NoExecute
  tolerationSeconds: 
nodeSelector:
affinity:
nodeAffinity:
podAntiAffinity:
requiredDuringSchedulingIgnoredDuringExecution:
preferredDuringSchedulingIgnoredDuringExecution:
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  whenUnsatisfiable: DoNotSchedule
  labelSelector:
    matchLabels:
priorityClassName: 
terminationGracePeriodSeconds: 30
initContainers:
- name: init
  image: busybox:1.36
  command: ["sh", "-c", "
  args:
  env:
  - name: 
    value: "
    valueFrom:
      configMapKeyRef:
      secretKeyRef:
  envFrom:
  - configMapRef:
      name: 
  volumeMounts:
  - name: 
    mountPath: /
  volumes:
  - name: 
    emptyDir: {}
    configMap:
      name: 
  securityContext:
    runAsNonRoot: true
  lifecycle:
    preStop:
      exec:
        command: [
        livenessProbe:
          httpGet:
            path: /healthz
            port: 8080
          initialDelaySeconds: 5
          periodSeconds: 10
          failureThreshold: 3
        readinessProbe:
          httpGet:
            path: /
            port: 80
          periodSeconds: 5
          tcpSocket:
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
            cpu: 250m
            memory: 64Mi
          limits:
            cpu: 500m
            memory: 256Mi
apiVersion: v1
kind: Pod
metadata:
  name: 
  labels:
    app: 
spec:
  containers:
  - name: app
    image: 
    ports:
    - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: default
  annotations:
spec:
  type: ClusterIP
  type: NodePort
  type: LoadBalancer
  selector:
    app: web
  ports:
  - port: 80
    targetPort: 80
    protocol: TCP
    name: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  revisionHistoryLimit: 10
  progressDeadlineSeconds: 600
  minReadySeconds: 
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        imagePullPolicy: IfNotPresent
        ports:
        - containerPort: 80
@ orrery 1
@ nodes 3
@ cpu 4
@ memory 8Gi
~ settle
~ wait 30s
! stop kubelet node-2
! stop kube-scheduler
! start kube-controller-manager
kubectl run web --image=nginx:1.27 --port=80
kubectl delete pod 
kubectl delete deployment web
kubectl describe pod 
kubectl logs 
kubectl get pods -o wide
kubectl get deployments,replicasets,pods
kubectl rollout status deployment/web
kubectl rollout undo deployment/web
kubectl set image deployment/web nginx=nginx:1.28
kubectl scale deployment web --replicas=5
kubectl expose deployment web --port=80
kubectl apply -f web.yaml
"write|kube-apiserver|put|deployments","send|kube-scheduler|POST|pods/binding","send|kubelet|PATCH|pods/status","write|etcd|put|pods","write|etcd|put|deployments","write|etcd|put|replicasets","create-deployment","dark","light","zh-CN","en"
kubectl create deployment web --image=nginx:1.27 --replicas=3
`;
