import Testing

@testable import Curvature
