// Whoever computes draws: the streams come with the kernels. They are a module of their own for those that draw without
// computing, and so need none of the libraries behind the kernels.
@_exported import RandomNumbers
