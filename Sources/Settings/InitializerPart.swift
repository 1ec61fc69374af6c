/// The distribution of the kernels that training starts from. What it draws is declared by the protocol that refines this one.
public protocol InitializerPart: Part {}
