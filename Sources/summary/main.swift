import Ravine

Ravine.summary()
