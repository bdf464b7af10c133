// 简体中文。种类、字段、动词与 kubectl 的输出保持英文；中文用全角标点。
import type { Messages } from './index.ts';

export const zhCN: Messages = {
  'app.title': 'Kube Orrery', 'app.skip': '跳到舞台',
  'top.crumb': '`kubectl create deployment` 之后发生了什么', 'top.crumb.short': '`create deployment` 之后',
  'top.scenarios': '场景', 'top.terminal': '终端', 'top.yaml': 'YAML', 'top.break': '故障…', 'top.share': '分享', 'top.language': 'EN', 'top.language.name': 'Switch to English', 'top.theme.light': '浅色主题', 'top.theme.dark': '深色主题', 'top.settings': '设置', 'top.objects': '对象', 'top.timeline': '时间线',
  'stage.name': '集群', 'stage.hint': '选中组件、Pod 或消息，在舞台旁边打开。', 'stage.controlPlane': '控制平面', 'stage.outside': '集群外', 'stage.nodes': '节点',
  'stage.ready': 'Ready', 'stage.notReady': 'NotReady', 'stage.unknown': 'Unknown', 'stage.cordoned': 'Ready，已 cordon', 'stage.stopped': '已停止', 'stage.cpu': 'cpu {n}%', 'stage.rules': '{mode} 规则 · {n} 个 Service', 'stage.watchCache': 'watch 缓存', 'stage.others': '其余', 'stage.everyOther': '其余 ›', 'stage.empty': '空', 'stage.allEmpty': '所有队列都空', 'stage.keys': '{n} 个键', 'stage.revision': 'rev {n}', 'stage.pods': '{n} 个 Pod', 'stage.unbound': '{n} 个没有节点',
  'gate.authn': 'authn', 'gate.audit': 'audit', 'gate.apf': 'APF', 'gate.authz': 'authz', 'gate.default': '默认值', 'gate.mutate': 'mutate', 'gate.validate': 'validate', 'gate.admit': 'admit', 'gate.store': 'store',
  'legend.request': '请求', 'legend.response': '响应', 'legend.watch': 'watch 事件', 'legend.cri': '运行时调用（CRI）', 'legend.packet': '数据包',
  'pod.pending': 'Pending', 'pod.creating': 'ContainerCreating', 'pod.notready': 'Running，未就绪', 'pod.ready': 'Ready', 'pod.term': 'Terminating', 'pod.crash': 'CrashLoopBackOff', 'pod.done': 'Completed', 'pod.failed': 'Failed', 'pod.unknown': 'Unknown',
  'name.node': '{name}，{state}，{n} 个 Pod', 'name.pod': 'Pod {name}，{state}', 'name.etcd': 'etcd，revision {n}', 'name.controllers': 'kube-controller-manager，{n} 个键在排队', 'name.scheduler': 'kube-scheduler，{n} 个 Pod 在等待', 'name.hub': 'kube-apiserver', 'name.terminal': '你的终端', 'name.kubelet': '{node} 上的 kubelet', 'name.proxy': '{node} 上的 kube-proxy', 'name.gate': '第 {n} 道关卡，共 9 道，{name}', 'name.message': '消息 {label}',
  'you.title': '你 · 终端', 'you.ready': '就绪', 'you.running': 'kubectl 正在运行', 'you.run': '运行这条命令', 'you.run.short': '运行', 'you.own': '或者自己输入', 'you.idle': '还没有输入', 'you.short': '终端、编辑器', 'you.name': '你',
  'clock.story': '故事时间', 'clock.running': '运行中', 'clock.paused': '已暂停', 'clock.stepping': '单步中', 'clock.replaying': '重放中', 'clock.speed': '速度', 'clock.name': '虚拟时间 {time}', 'clock.message': '消息 {n}', 'clock.gate': '关卡 {n}／9',
  'ctl.back': '后退一步', 'ctl.next': '下一条消息', 'ctl.follow': '跟着它走', 'ctl.play': '播放', 'ctl.pause': '暂停', 'ctl.idle': '看它空转', 'ctl.nextStep': '下一步', 'ctl.nextGate': '下一道关卡', 'ctl.unit': '步长', 'ctl.unit.message': '消息', 'ctl.unit.gate': '关卡', 'ctl.unit.write': '写入', 'ctl.unit.lesson': '课程步骤',
  'cap.idle.kick': '一个完整的 Kubernetes 集群，就在这个标签页里运行', 'cap.idle': '三个节点，除了报一声“我还活着”，没有别的事。运行一条命令，顺着它引起的每一条消息看下去，可以向前，也可以倒回。',
  'cap.idle.n': '{n} 个节点，除了报一声“我还活着”，没有别的事。运行一条命令，顺着它引起的每一条消息看下去，可以向前，也可以倒回。',
  'cap.step': '第 {n} 步，共 {of} 步', 'cap.now': '此刻', 'cap.inFlight': '{n} 条在途', 'cap.quiet': '此刻没有消息在途。接下来发生的会是一次心跳。', 'cap.loading': '集群正在启动。', 'cap.loading.n': '集群正在启动：{n}／{of} 个事件。',
  'say.req': '{from} 向 kube-apiserver 发出请求：`{label}`。', 'say.res': 'kube-apiserver 答复 {to}：`{label}`。', 'say.watch': 'kube-apiserver 告诉正在 watch 的 {to}：`{label}`。', 'say.put': 'kube-apiserver 写入 etcd：`{label}`。只有它可以写。', 'say.ok': 'etcd 答复 kube-apiserver：`{label}`。', 'say.event': 'etcd 告诉 kube-apiserver 的 watch 缓存：`{label}`。', 'say.cri': '{from} 调用容器运行时：`{label}`。', 'say.gate': '请求 `{label}` 到了第 {n} 道关卡（共 9 道）：{gate}。', 'say.many': '{n} 条消息在途。',
  'actor.you': 'kubectl', 'actor.kcm': 'kube-controller-manager', 'actor.sch': 'kube-scheduler', 'actor.kubelet': '{node} 上的 kubelet', 'actor.proxy': '{node} 上的 kube-proxy', 'actor.client': '一个客户端',
  'lesson.1': '命令', 'lesson.2': '关卡', 'lesson.3': '存储', 'lesson.4': '应答', 'lesson.5': 'ReplicaSet', 'lesson.6': 'Pod', 'lesson.7': '调度', 'lesson.8': '启动', 'lesson.9': '就绪', 'lesson.name': '课程的步骤', 'lesson.to': '第 {n} 步，{name}',
  'tl.name': '时间线', 'tl.open': '打开时间线', 'tl.close': '收起时间线', 'tl.position': '时间位置', 'tl.future': '尚未发生', 'tl.quiet': '安静 {time}', 'tl.leases': '{n} 次 Lease', 'tl.unfold': '展开安静的 {time}', 'tl.resize': '时间线的高度', 'tl.run': '运行 {n}', 'tl.fork': '分叉于 {time}', 'tl.kept': '已保留', 'tl.controllers': 'controller-manager', 'tl.nodes': '节点',
  'side.name': '检查器', 'side.resize': '检查器的宽度', 'side.close': '隐藏检查器', 'side.empty': '没有选中任何东西。请在舞台上选一个。', 'work.name': '终端与编辑器', 'work.resize': '终端与编辑器的高度',
  'set.title': '设置', 'set.theme': '主题', 'set.dark': '深色', 'set.light': '浅色', 'set.system': '跟随系统', 'set.motion': '动画', 'set.motion.full': '完整', 'set.motion.reduced': '减弱', 'set.language': '语言', 'set.legend': '图例', 'set.legend.show': '显示', 'set.legend.hide': '隐藏', 'set.close': '关闭',
  'err.worker': '集群的 worker 停止了。你输入的一切都已保留。', 'err.worker.do': '重新启动',
};
