// Every test may run kubectl.
import '../k8s/kubectl/eager.ts';
