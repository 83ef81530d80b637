package sampler
