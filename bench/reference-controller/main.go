// The comparator of bench/scale.ts: an ordinary controller-runtime operator for the same resource, in the usual style.
// One Job and one status patch for each RepoRun; 16 workers; -strip drops managed fields from its cache.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// Spec holds the fields that a reconcile looks at; the rest of the source is kept as it came.
type Spec struct {
	Source  runtime.RawExtension `json:"source,omitempty"`
	Suspend bool                 `json:"suspend,omitempty"`
	Timeout string               `json:"timeout,omitempty"`
}

// Status is written once for each run.
type Status struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Maturity           string             `json:"maturity,omitempty"`
	URL                string             `json:"url,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// RepoRun is the resource as a typed client keeps it.
type RepoRun struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              Spec   `json:"spec,omitempty"`
	Status            Status `json:"status,omitempty"`
}

// RepoRunList is what a list answers.
type RepoRunList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []RepoRun `json:"items"`
}

// DeepCopyObject is what the scheme asks of a type.
func (r *RepoRun) DeepCopyObject() runtime.Object {
	copied := &RepoRun{TypeMeta: r.TypeMeta, ObjectMeta: *r.ObjectMeta.DeepCopy(), Spec: r.Spec, Status: r.Status}
	copied.Status.Conditions = append([]metav1.Condition(nil), r.Status.Conditions...)
	return copied
}

// DeepCopyObject is what the scheme asks of a list.
func (l *RepoRunList) DeepCopyObject() runtime.Object {
	copied := &RepoRunList{TypeMeta: l.TypeMeta, ListMeta: l.ListMeta}
	for i := range l.Items {
		copied.Items = append(copied.Items, *l.Items[i].DeepCopyObject().(*RepoRun))
	}
	return copied
}

type reconciler struct{ client.Client }

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	run := &RepoRun{}
	if err := r.Get(ctx, request.NamespacedName, run); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !run.DeletionTimestamp.IsZero() || run.Spec.Suspend {
		return ctrl.Result{}, nil
	}
	name := fmt.Sprintf("%s-g%d", run.Name, run.Generation)
	job := &batchv1.Job{}
	err := r.Get(ctx, client.ObjectKey{Namespace: run.Namespace, Name: name}, job)
	if apierrors.IsNotFound(err) {
		job = jobFor(run, name)
		if err := ctrl.SetControllerReference(run, job, r.Scheme()); err != nil {
			return ctrl.Result{}, err
		}
		if err := r.Create(ctx, job); err != nil && !apierrors.IsAlreadyExists(err) {
			return ctrl.Result{}, err
		}
	} else if err != nil {
		return ctrl.Result{}, err
	}
	before := run.DeepCopyObject().(*RepoRun)
	run.Status.ObservedGeneration = run.Generation
	run.Status.Maturity = "Planned"
	if run.Status.Maturity == before.Status.Maturity && before.Status.ObservedGeneration == run.Generation {
		return ctrl.Result{}, nil
	}
	return ctrl.Result{}, r.Status().Patch(ctx, run, client.MergeFrom(before))
}

func jobFor(run *RepoRun, name string) *batchv1.Job {
	labels := map[string]string{"app.kubernetes.io/managed-by": "repo-runner", "repo-runner.dev/run": run.Name}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: run.Namespace, Labels: labels},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec:       corev1.PodSpec{RestartPolicy: "Never", Containers: []corev1.Container{{Name: "survey", Image: "survey"}}},
		}},
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	workers := flag.Int("workers", 16, "reconciles at a time")
	strip := flag.Bool("strip", false, "drop managed fields from the cache")
	metrics := flag.String("metrics", "127.0.0.1:0", "address of the metrics")
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	scheme := runtime.NewScheme()
	must(clientgoscheme.AddToScheme(scheme))
	version := schema.GroupVersion{Group: "repo-runner.dev", Version: "v1alpha1"}
	scheme.AddKnownTypes(version, &RepoRun{}, &RepoRunList{})
	metav1.AddToGroupVersion(scheme, version)
	options := cache.Options{}
	if *strip {
		options.DefaultTransform = cache.TransformStripManagedFields()
	}
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{Scheme: scheme, Cache: options, Metrics: server.Options{BindAddress: *metrics}})
	must(err)
	must(ctrl.NewControllerManagedBy(manager).
		For(&RepoRun{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&batchv1.Job{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: *workers}).
		Complete(&reconciler{manager.GetClient()}))
	must(manager.Start(ctrl.SetupSignalHandler()))
}
