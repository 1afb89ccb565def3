// Memory whose contents can be kept and put back, with everything that lives in it.
//
// Worlds cannot be copied: they are full of pointers into themselves. But where all that a world
// allocates lies in one stretch of memory, its bytes are the world, and put back where they were,
// they are the world as it was.
//
//     world_memory memory;                   // a stretch for this thread
//     {
//       const world_memory::use here(&memory);
//       one = new world(...);                // and what it does, allocates and frees in there
//     }
//     memory.keep(image);                    // the bytes in use, outside
//     ...                                    // it goes on
//     memory.put_back(image);                // it did not
//
// What is in the stretch must not be kept elsewhere, and what is made once for the whole program (a
// function's static object) must not be made in here: putting back would unmake it behind its back.
// Part of each program that links this file are operator new and delete that know of the stretches.

#pragma once

#include <cstddef>
#include <vector>

namespace dovetail::sim {

class world_memory {
 public:
  using image = std::vector<std::byte>;

  // Where a sanitizer watches over memory, or none is to be had, there is none: see available().
  world_memory();
  ~world_memory();  // what is in there is gone, without a destructor
  world_memory(const world_memory&) = delete;
  world_memory& operator=(const world_memory&) = delete;

  bool available() const { return base_ != nullptr; }

  // While one lives, what this thread allocates comes from there, or from the system if that is
  // null. They nest.
  class use {
   public:
    explicit use(world_memory* from);
    ~use();
    use(const use&) = delete;
    use& operator=(const use&) = delete;

   private:
    void* before_;
  };

  // --- only where it is available, and not in use

  std::size_t used() const;  // bytes, at most four gigabytes
  void clear();
  void keep(image& into) const;
  void put_back(const image& from);

 private:
  std::byte* base_ = nullptr;
};

}  // namespace dovetail::sim
