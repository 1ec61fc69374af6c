import Ravine

Ravine.sweep()
