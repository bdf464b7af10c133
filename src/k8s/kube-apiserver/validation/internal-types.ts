/**
 * The field order and names of upstream's internal (unversioned) types, as far as error texts show whole values of them, and what they are
 * called in v1. One type a line: `Name Field[=v1Name]:kind …`; v1Name defaults to the field with a lower-case first letter.
 * Kinds: s string, b bool, i number, t time, q quantity, I int-or-string, M a metav1 value (prints as v1), `*x` pointer, `[]x` list, `{}x` map, else a type.
 * `^:Type` is an embedded struct whose fields stand in its owner; `^metadata:M` embedded ObjectMeta.
 * Upstream: pkg/apis/{core,apps,batch,rbac,policy,networking,autoscaling,storage}/types.go
 * Left out: types no validation error prints.
 */
export const INTERNAL_TYPES = `
PodSpec Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:*i ActiveDeadlineSeconds:*i DNSPolicy=dnsPolicy:s NodeSelector:{}s ServiceAccountName:s AutomountServiceAccountToken:*b NodeName:s SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:*b Affinity:*Affinity SchedulerName:s Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName:s Priority:*i PreemptionPolicy:*s DNSConfig=dnsConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:*s Overhead:{}q EnableServiceLinks:*b TopologySpreadConstraints:[]TopologySpreadConstraint OS=os:*PodOS SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements HostnameOverride:*s SchedulingGroup:*PodSchedulingGroup
Volume Name:s ^:VolumeSource
VolumeSource HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk=gcePersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource GitRepo:*GitRepoVolumeSource Secret:*SecretVolumeSource NFS=nfs:*NFSVolumeSource ISCSI=iscsi:*ISCSIVolumeSource Glusterfs:*GlusterfsVolumeSource PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource RBD=rbd:*RBDVolumeSource Quobyte:*QuobyteVolumeSource FlexVolume:*FlexVolumeSource Cinder:*CinderVolumeSource CephFS=cephfs:*CephFSVolumeSource Flocker:*FlockerVolumeSource DownwardAPI:*DownwardAPIVolumeSource FC=fc:*FCVolumeSource AzureFile:*AzureFileVolumeSource ConfigMap:*ConfigMapVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource Projected:*ProjectedVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOVolumeSource StorageOS=storageos:*StorageOSVolumeSource CSI=csi:*CSIVolumeSource Ephemeral:*EphemeralVolumeSource Image:*ImageVolumeSource
HostPathVolumeSource Path:s Type:*s
EmptyDirVolumeSource Medium:s SizeLimit:*q
GCEPersistentDiskVolumeSource PDName=pdName:s FSType=fsType:s Partition:i ReadOnly:b
AWSElasticBlockStoreVolumeSource VolumeID:s FSType=fsType:s Partition:i ReadOnly:b
GitRepoVolumeSource Repository:s Revision:s Directory:s
SecretVolumeSource SecretName:s Items:[]KeyToPath DefaultMode:*i Optional:*b
KeyToPath Key:s Path:s Mode:*i
NFSVolumeSource Server:s Path:s ReadOnly:b
ISCSIVolumeSource TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s FSType=fsType:s ReadOnly:b Portals:[]s DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*LocalObjectReference InitiatorName:*s
LocalObjectReference Name:s
GlusterfsVolumeSource EndpointsName=endpoints:s Path:s ReadOnly:b
PersistentVolumeClaimVolumeSource ClaimName:s ReadOnly:b
RBDVolumeSource CephMonitors=monitors:[]s RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:*LocalObjectReference ReadOnly:b
QuobyteVolumeSource Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s
FlexVolumeSource Driver:s FSType=fsType:s SecretRef:*LocalObjectReference ReadOnly:b Options:{}s
CinderVolumeSource VolumeID:s FSType=fsType:s ReadOnly:b SecretRef:*LocalObjectReference
CephFSVolumeSource Monitors:[]s Path:s User:s SecretFile:s SecretRef:*LocalObjectReference ReadOnly:b
FlockerVolumeSource DatasetName:s DatasetUUID:s
DownwardAPIVolumeSource Items:[]DownwardAPIVolumeFile DefaultMode:*i
DownwardAPIVolumeFile Path:s FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*i
ObjectFieldSelector APIVersion=apiVersion:s FieldPath:s
ResourceFieldSelector ContainerName:s Resource:s Divisor:q
FCVolumeSource TargetWWNs:[]s Lun:*i FSType=fsType:s ReadOnly:b WWIDs=wwids:[]s
AzureFileVolumeSource SecretName:s ShareName:s ReadOnly:b
ConfigMapVolumeSource ^:LocalObjectReference Items:[]KeyToPath DefaultMode:*i Optional:*b
VsphereVirtualDiskVolumeSource VolumePath:s FSType=fsType:s StoragePolicyName:s StoragePolicyID:s
AzureDiskVolumeSource DiskName:s DataDiskURI=diskURI:s CachingMode:*s FSType=fsType:*s ReadOnly:*b Kind:*s
PhotonPersistentDiskVolumeSource PdID:s FSType=fsType:s
ProjectedVolumeSource Sources:[]VolumeProjection DefaultMode:*i
VolumeProjection Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection ServiceAccountToken:*ServiceAccountTokenProjection ClusterTrustBundle:*ClusterTrustBundleProjection PodCertificate:*PodCertificateProjection
SecretProjection ^:LocalObjectReference Items:[]KeyToPath Optional:*b
DownwardAPIProjection Items:[]DownwardAPIVolumeFile
ConfigMapProjection ^:LocalObjectReference Items:[]KeyToPath Optional:*b
ServiceAccountTokenProjection Audience:s ExpirationSeconds:i Path:s
ClusterTrustBundleProjection Name:*s SignerName:*s LabelSelector:*M Optional:*b Path:s
PodCertificateProjection SignerName:s KeyType:s MaxExpirationSeconds:*i CredentialBundlePath:s KeyPath:s CertificateChainPath:s UserAnnotations:{}s
PortworxVolumeSource VolumeID:s FSType=fsType:s ReadOnly:b
ScaleIOVolumeSource Gateway:s System:s SecretRef:*LocalObjectReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType=fsType:s ReadOnly:b
StorageOSVolumeSource VolumeName:s VolumeNamespace:s FSType=fsType:s ReadOnly:b SecretRef:*LocalObjectReference
CSIVolumeSource Driver:s ReadOnly:*b FSType=fsType:*s VolumeAttributes:{}s NodePublishSecretRef:*LocalObjectReference
EphemeralVolumeSource VolumeClaimTemplate:*PersistentVolumeClaimTemplate
PersistentVolumeClaimTemplate ^metadata:M Spec:PersistentVolumeClaimSpec
PersistentVolumeClaimSpec AccessModes:[]s Selector:*M Resources:VolumeResourceRequirements VolumeName:s StorageClassName:*s VolumeMode:*s DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*s
VolumeResourceRequirements Limits:{}q Requests:{}q
TypedLocalObjectReference APIGroup=apiGroup:*s Kind:s Name:s
TypedObjectReference APIGroup=apiGroup:*s Kind:s Name:s Namespace:*s
ImageVolumeSource Reference:s PullPolicy:s
Container Name:s Image:s Command:[]s Args:[]s WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*s RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY=tty:b
ContainerPort Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s
EnvFromSource Prefix:s ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource
ConfigMapEnvSource ^:LocalObjectReference Optional:*b
SecretEnvSource ^:LocalObjectReference Optional:*b
EnvVar Name:s Value:s ValueFrom:*EnvVarSource
EnvVarSource FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*ConfigMapKeySelector SecretKeyRef:*SecretKeySelector FileKeyRef:*FileKeySelector
ConfigMapKeySelector ^:LocalObjectReference Key:s Optional:*b
SecretKeySelector ^:LocalObjectReference Key:s Optional:*b
FileKeySelector VolumeName:s Path:s Key:s Optional:*b
ResourceRequirements Limits:{}q Requests:{}q Claims:[]ResourceClaim
ResourceClaim Name:s Request:s
ContainerResizePolicy ResourceName:s RestartPolicy:s
ContainerRestartRule Action:s ExitCodes:*ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes Operator:s Values:[]i
VolumeMount Name:s ReadOnly:b RecursiveReadOnly:*s MountPath:s SubPath:s MountPropagation:*s SubPathExpr:s
VolumeDevice Name:s DevicePath:s
Probe ^:ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:*i
ProbeHandler Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction GRPC=grpc:*GRPCAction
ExecAction Command:[]s
HTTPGetAction Path:s Port:I Host:s Scheme:s HTTPHeaders=httpHeaders:[]HTTPHeader
HTTPHeader Name:s Value:s
TCPSocketAction Port:I Host:s
GRPCAction Port:i Service:*s
Lifecycle PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*s
LifecycleHandler Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction Sleep:*SleepAction
SleepAction Seconds:i
SecurityContext Capabilities:*Capabilities Privileged:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:*s SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile
Capabilities Add:[]s Drop:[]s
SELinuxOptions User:s Role:s Type:s Level:s
WindowsSecurityContextOptions GMSACredentialSpecName=gmsaCredentialSpecName:*s GMSACredentialSpec=gmsaCredentialSpec:*s RunAsUserName:*s HostProcess:*b
SeccompProfile Type:s LocalhostProfile:*s
AppArmorProfile Type:s LocalhostProfile:*s
EphemeralContainer ^:EphemeralContainerCommon TargetContainerName:s
EphemeralContainerCommon Name:s Image:s Command:[]s Args:[]s WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*s RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY=tty:b
PodSecurityContext HostNetwork:b HostPID=hostPID:b HostIPC=hostIPC:b ShareProcessNamespace:*b HostUsers:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b SupplementalGroups:[]i SupplementalGroupsPolicy:*s FSGroup=fsGroup:*i FSGroupChangePolicy=fsGroupChangePolicy:*s Sysctls:[]Sysctl SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:*s
Sysctl Name:s Value:s
Affinity NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity
NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeSelector NodeSelectorTerms:[]NodeSelectorTerm
NodeSelectorTerm MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement
NodeSelectorRequirement Key:s Operator:s Values:[]s
PreferredSchedulingTerm Weight:i Preference:NodeSelectorTerm
PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAffinityTerm LabelSelector:*M Namespaces:[]s TopologyKey:s NamespaceSelector:*M MatchLabelKeys:[]s MismatchLabelKeys:[]s
WeightedPodAffinityTerm Weight:i PodAffinityTerm:PodAffinityTerm
PodAntiAffinity RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
Toleration Key:s Operator:s Value:s Effect:s TolerationSeconds:*i
HostAlias IP=ip:s Hostnames:[]s
PodDNSConfig Nameservers:[]s Searches:[]s Options:[]PodDNSConfigOption
PodDNSConfigOption Name:s Value:*s
PodReadinessGate ConditionType:s
TopologySpreadConstraint MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:*M MinDomains:*i NodeAffinityPolicy:*s NodeTaintsPolicy:*s MatchLabelKeys:[]s
PodOS Name:s
PodSchedulingGate Name:s
PodResourceClaim Name:s ResourceClaimName:*s ResourceClaimTemplateName:*s
PodSchedulingGroup PodGroupName:*s
PodTemplateSpec ^metadata:M Spec:PodSpec
PersistentVolumeSource GCEPersistentDisk=gcePersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource HostPath:*HostPathVolumeSource Glusterfs:*GlusterfsPersistentVolumeSource NFS=nfs:*NFSVolumeSource RBD=rbd:*RBDPersistentVolumeSource Quobyte:*QuobyteVolumeSource ISCSI=iscsi:*ISCSIPersistentVolumeSource FlexVolume:*FlexPersistentVolumeSource Cinder:*CinderPersistentVolumeSource CephFS=cephfs:*CephFSPersistentVolumeSource FC=fc:*FCVolumeSource Flocker:*FlockerVolumeSource AzureFile:*AzureFilePersistentVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOPersistentVolumeSource Local:*LocalVolumeSource StorageOS=storageos:*StorageOSPersistentVolumeSource CSI=csi:*CSIPersistentVolumeSource
GlusterfsPersistentVolumeSource EndpointsName=endpoints:s Path:s ReadOnly:b EndpointsNamespace:*s
RBDPersistentVolumeSource CephMonitors=monitors:[]s RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:*SecretReference ReadOnly:b
SecretReference Name:s Namespace:s
ISCSIPersistentVolumeSource TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s FSType=fsType:s ReadOnly:b Portals:[]s DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*SecretReference InitiatorName:*s
FlexPersistentVolumeSource Driver:s FSType=fsType:s SecretRef:*SecretReference ReadOnly:b Options:{}s
CinderPersistentVolumeSource VolumeID:s FSType=fsType:s ReadOnly:b SecretRef:*SecretReference
CephFSPersistentVolumeSource Monitors:[]s Path:s User:s SecretFile:s SecretRef:*SecretReference ReadOnly:b
AzureFilePersistentVolumeSource SecretName:s ShareName:s ReadOnly:b SecretNamespace:*s
ScaleIOPersistentVolumeSource Gateway:s System:s SecretRef:*SecretReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType=fsType:s ReadOnly:b
LocalVolumeSource Path:s FSType=fsType:*s
StorageOSPersistentVolumeSource VolumeName:s VolumeNamespace:s FSType=fsType:s ReadOnly:b SecretRef:*ObjectReference
ObjectReference Kind:s Namespace:s Name:s UID=uid:s APIVersion=apiVersion:s ResourceVersion:s FieldPath:s
CSIPersistentVolumeSource Driver:s VolumeHandle:s ReadOnly:b FSType=fsType:s VolumeAttributes:{}s ControllerPublishSecretRef:*SecretReference NodeStageSecretRef:*SecretReference NodePublishSecretRef:*SecretReference ControllerExpandSecretRef:*SecretReference NodeExpandSecretRef:*SecretReference
Taint Key:s Value:s Effect:s TimeAdded:*t
ServicePort Name:s Protocol:s AppProtocol:*s Port:i TargetPort:I NodePort:i
EventSource Component:s Host:s
NodeAddress Type:s Address:s
NodeConfigSource ConfigMap:*ConfigMapNodeConfigSource
ConfigMapNodeConfigSource Namespace:s Name:s UID=uid:s ResourceVersion:s KubeletConfigKey:s
VolumeNodeAffinity Required:*NodeSelector
ScopeSelector MatchExpressions:[]ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement ScopeName:s Operator:s Values:[]s
apps.DeploymentStrategy Type:s RollingUpdate:*apps.RollingUpdateDeployment
apps.RollingUpdateDeployment MaxUnavailable:I MaxSurge:I
apps.DaemonSetUpdateStrategy Type:s RollingUpdate:*apps.RollingUpdateDaemonSet
apps.RollingUpdateDaemonSet MaxUnavailable:I MaxSurge:I
apps.StatefulSetUpdateStrategy Type:s RollingUpdate:*apps.RollingUpdateStatefulSetStrategy
apps.RollingUpdateStatefulSetStrategy Partition:i MaxUnavailable:*I
apps.StatefulSetSpec Replicas:i Selector:*M Template:PodTemplateSpec VolumeClaimTemplates:[]PersistentVolumeClaim ServiceName:s PodManagementPolicy:s UpdateStrategy:apps.StatefulSetUpdateStrategy RevisionHistoryLimit:*i MinReadySeconds:i PersistentVolumeClaimRetentionPolicy:*apps.StatefulSetPersistentVolumeClaimRetentionPolicy Ordinals:*apps.StatefulSetOrdinals
PersistentVolumeClaim ^metadata:M Spec:PersistentVolumeClaimSpec Status:PersistentVolumeClaimStatus
PersistentVolumeClaimStatus Phase:s AccessModes:[]s Capacity:{}q Conditions:[]PersistentVolumeClaimCondition AllocatedResources:{}q AllocatedResourceStatuses:{}s CurrentVolumeAttributesClassName:*s ModifyVolumeStatus:*ModifyVolumeStatus
PersistentVolumeClaimCondition Type:s Status:s LastProbeTime:t LastTransitionTime:t Reason:s Message:s
ModifyVolumeStatus TargetVolumeAttributesClassName:s Status:s
apps.StatefulSetPersistentVolumeClaimRetentionPolicy WhenDeleted:s WhenScaled:s
apps.StatefulSetOrdinals Start:i
rbac.RoleRef APIGroup=apiGroup:s Kind:s Name:s
policy.PodDisruptionBudgetSpec MinAvailable:*I Selector:*M MaxUnavailable:*I UnhealthyPodEvictionPolicy:*s
batch.JobSpec Parallelism:*i Completions:*i PodFailurePolicy:*batch.PodFailurePolicy SuccessPolicy:*batch.SuccessPolicy ActiveDeadlineSeconds:*i BackoffLimit:*i BackoffLimitPerIndex:*i MaxFailedIndexes:*i Selector:*M ManualSelector:*b Template:PodTemplateSpec TTLSecondsAfterFinished=ttlSecondsAfterFinished:*i CompletionMode:*s Suspend:*b PodReplacementPolicy:*s ManagedBy:*s
batch.PodFailurePolicy Rules:[]batch.PodFailurePolicyRule
batch.PodFailurePolicyRule Action:s OnExitCodes:*batch.PodFailurePolicyOnExitCodesRequirement OnPodConditions:[]batch.PodFailurePolicyOnPodConditionsPattern
batch.PodFailurePolicyOnExitCodesRequirement ContainerName:*s Operator:s Values:[]i
batch.PodFailurePolicyOnPodConditionsPattern Type:s Status:s
batch.SuccessPolicy Rules:[]batch.SuccessPolicyRule
batch.SuccessPolicyRule SucceededIndexes:*s SucceededCount:*i
batch.CronJobSpec Schedule:s TimeZone:*s StartingDeadlineSeconds:*i ConcurrencyPolicy:s Suspend:*b JobTemplate:batch.JobTemplateSpec SuccessfulJobsHistoryLimit:*i FailedJobsHistoryLimit:*i
batch.JobTemplateSpec ^metadata:M Spec:batch.JobSpec
networking.NetworkPolicySpec PodSelector:M Ingress:[]networking.NetworkPolicyIngressRule Egress:[]networking.NetworkPolicyEgressRule PolicyTypes:[]s
networking.NetworkPolicyIngressRule Ports:[]networking.NetworkPolicyPort From:[]networking.NetworkPolicyPeer
networking.NetworkPolicyPort Protocol:*s Port:*I EndPort:*i
networking.NetworkPolicyPeer PodSelector:*M NamespaceSelector:*M IPBlock=ipBlock:*networking.IPBlock
networking.IPBlock CIDR=cidr:s Except:[]s
networking.NetworkPolicyEgressRule Ports:[]networking.NetworkPolicyPort To:[]networking.NetworkPolicyPeer
networking.IngressSpec IngressClassName:*s DefaultBackend:*networking.IngressBackend TLS=tls:[]networking.IngressTLS Rules:[]networking.IngressRule
networking.IngressBackend Service:*networking.IngressServiceBackend Resource:*TypedLocalObjectReference
networking.IngressServiceBackend Name:s Port:networking.ServiceBackendPort
networking.ServiceBackendPort Name:s Number:i
networking.IngressTLS Hosts:[]s SecretName:s
networking.IngressRule Host:s ^:networking.IngressRuleValue
networking.IngressRuleValue HTTP=http:*networking.HTTPIngressRuleValue
networking.HTTPIngressRuleValue Paths:[]networking.HTTPIngressPath
networking.HTTPIngressPath Path:s PathType:*s Backend:networking.IngressBackend
autoscaling.HorizontalPodAutoscalerSpec ScaleTargetRef:autoscaling.CrossVersionObjectReference MinReplicas:*i MaxReplicas:i Metrics:[]autoscaling.MetricSpec Behavior:*autoscaling.HorizontalPodAutoscalerBehavior
autoscaling.CrossVersionObjectReference Kind:s Name:s APIVersion=apiVersion:s
autoscaling.MetricSpec Type:s Object:*autoscaling.ObjectMetricSource Pods:*autoscaling.PodsMetricSource Resource:*autoscaling.ResourceMetricSource ContainerResource:*autoscaling.ContainerResourceMetricSource External:*autoscaling.ExternalMetricSource
autoscaling.ObjectMetricSource DescribedObject:autoscaling.CrossVersionObjectReference Target:autoscaling.MetricTarget Metric:autoscaling.MetricIdentifier
autoscaling.MetricTarget Type:s Value:*q AverageValue:*q AverageUtilization:*i
autoscaling.MetricIdentifier Name:s Selector:*M
autoscaling.PodsMetricSource Metric:autoscaling.MetricIdentifier Target:autoscaling.MetricTarget
autoscaling.ResourceMetricSource Name:s Target:autoscaling.MetricTarget
autoscaling.ContainerResourceMetricSource Name:s Container:s Target:autoscaling.MetricTarget
autoscaling.ExternalMetricSource Metric:autoscaling.MetricIdentifier Target:autoscaling.MetricTarget
autoscaling.HorizontalPodAutoscalerBehavior ScaleUp:*autoscaling.HPAScalingRules ScaleDown:*autoscaling.HPAScalingRules
autoscaling.HPAScalingRules StabilizationWindowSeconds:*i SelectPolicy:*s Policies:[]autoscaling.HPAScalingPolicy Tolerance:*q
autoscaling.HPAScalingPolicy Type:s Value:i PeriodSeconds:i
storage.VolumeAttachmentSpec Attacher:s Source:storage.VolumeAttachmentSource NodeName:s
storage.VolumeAttachmentSource PersistentVolumeName:*s InlineVolumeSpec:*PersistentVolumeSpec
PersistentVolumeSpec Capacity:{}q ^:PersistentVolumeSource AccessModes:[]s ClaimRef:*ObjectReference PersistentVolumeReclaimPolicy:s StorageClassName:s MountOptions:[]s VolumeMode:*s NodeAffinity:*VolumeNodeAffinity VolumeAttributesClassName:*s
`;
