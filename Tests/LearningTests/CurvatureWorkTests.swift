import Curvature
import TestSupport
import Testing

@testable import Learning

/// Multiplications by hand, and what matrices are booked as.
@Suite struct CurvatureWorkTests {
  /// 2-3-2 with biases: 6 + 3 and 6 + 2 parameters.
  private let small = Network(inputs: 2, hidden: [3], outputs: 2, activation: .tanh)

  @Test func products() {
    // The first layer A·V and Aᵀ·Rδ; the second RA·W and Rδ·Wᵀ too, the Hessian's also RAᵀ·δ and δ·Vᵀ.
    let gaussNewton: Int = 2 * 6 + 4 * 6
    #expect(CurvatureWork(small, .gaussNewton).product == Double(gaussNewton))
    let hessian: Int = 2 * 6 + 6 * 6
    #expect(CurvatureWork(small, .hessian).product == Double(hessian))
  }

  @Test func matrices() {
    // A unit of the first layer: up by its own input, 2, and down, 6; its gradients, 6 and 6, twice the second for the
    // Hessian; 3 inputs with the bias by 17 columns. One of the second: 6 gradients, 4 inputs by 8 columns.
    let (first, second): (Int, Int) = (2 + 6 + 6 + 6 + 51, 6 + 32)
    #expect(CurvatureWork(small, .gaussNewton).denseMatrix == Double(3 * first + 2 * second))
    let both = first + 6
    #expect(CurvatureWork(small, .hessian).denseMatrix == Double(3 * both + 2 * second))
    let linear = Network(inputs: 4, hidden: [], outputs: 3, activation: .identity, bias: false)
    // Of each of three units the gradients, 12, and 4 inputs by 12 columns.
    #expect(CurvatureWork(linear, .hessian).denseMatrix == 180)
  }

  @Test func diagonals() {
    // Up by the unit's input and down to the unit alone, 2 each, and the squares' products, 6 and 6.
    #expect(CurvatureWork(small, .hessian).diagonal == 24)
    let deep = Network(inputs: 2, hidden: [3, 4], outputs: 2, activation: .tanh)
    // The first layer's three units pass 4 + 8 up and 8 + 4 down, the second's four 2 and 2; 6, 12 and 8 for the squares.
    #expect(CurvatureWork(deep, .hessian).diagonal == 114)
  }

  /// The network of experiments/second-order.yaml: an earlier version booked 1,210.
  @Test func levenbergMarquardtsMatrixIsBookedByItsOperations() throws {
    let network = Network(inputs: 64, hidden: [16], outputs: 10, activation: .tanh)
    let work = CurvatureWork(network, .gaussNewton)
    #expect((work.denseMatrix / work.product).rounded() == 488)
    #expect(work.denseMatrix / work.product < Double(network.parameterCount))
  }
}
